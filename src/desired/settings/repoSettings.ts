import type { FieldSchema } from '../../model/kind/schema.ts';
import { settingsFile } from '../declare/declare.ts';
import { escaped, quote, type Problems } from '../problems/problems.ts';
import { branchFor, fieldOf, formOf } from '../validate/fieldForms.ts';
import { textOf, type Entry, type Mapping, type Node } from '../yaml/tree.ts';
import { settingsIn } from './environment.ts';
import { settingsSchema } from './settingsSchema.ts';

/**
 * The settings of two parties: those of the operator, and those that `holdfast.yaml` of the config directory may set
 * beside them (`repoMaySet`).
 */

/** The settings that `repoMaySet` cannot list, and why. */
const operatorOnly: ReadonlyMap<string, string> = new Map([
  ['repoMaySet', 'it would lift itself'],
  ['secrets', 'it says which secrets a config may read'],
  ['server', 'it says who may reach the daemon'],
  ['store', 'it says where Holdfast keeps its own state'],
  ['git', 'it says where the config comes from'],
  ['workspaces', 'it says which directories are workspaces'],
]);

const isOperatorOnly = (path: string): boolean => operatorOnly.has(path.replace(/\..*/s, ''));

/** The paths that `repoMaySet` can list. */
const listable = (): readonly string[] =>
  settingsIn(settingsSchema)
    .map(({ path }) => path.join('.'))
    .filter((path) => !isOperatorOnly(path));

/** Reports the items of `repoMaySet` that it cannot list. */
export function checkRepoMaySet(items: readonly Node[], problems: Problems): void {
  const known = listable();
  for (const item of items) {
    const path = textOf(item);
    if (path === undefined || known.includes(path)) continue;
    const [top = ''] = path.split('.');
    const why = operatorOnly.get(top);
    if (why !== undefined)
      problems.add(
        item.at,
        'not-allowed',
        `repoMaySet cannot list ${escaped(path)}: only the operator sets ${top}, because ${why}`,
      );
    else
      problems.add(
        item.at,
        'unknown-field',
        `repoMaySet names ${quote(path)}, which is not a setting${problems.hint(path, known)}`,
      );
  }
}

/** The paths that `repoMaySet` lists, without those that it cannot list. */
export const listedIn = (items: readonly Node[]): readonly string[] => {
  const known = listable();
  return items.flatMap((item) => textOf(item) ?? []).filter((path) => known.includes(path));
};

/**
 * The part of the repo's settings that is listed. Everything else is a problem at its key. `place`: the operator's
 * settings file, for messages.
 */
export function listedPart(
  repo: Mapping,
  listed: readonly string[],
  place: string,
  problems: Problems,
): Mapping {
  const partOf = (map: Mapping, prefix: string): Mapping => ({
    ...map,
    entries: new Map(
      [...map.entries.values()].flatMap((entry) =>
        keptOf(entry, prefix + entry.key).map((kept) => [kept.key, kept]),
      ),
    ),
  });
  const keptOf = (entry: Entry, path: string): readonly Entry[] => {
    const { key, at, value } = entry;
    if (listed.includes(path)) return [entry];
    if (value.type === 'map' && listed.some((other) => other.startsWith(`${path}.`)))
      return [{ key, at, value: partOf(value, `${path}.`) }];
    const listing = listable().includes(path) ? ', or list it there in repoMaySet' : '';
    problems.add(
      at,
      'not-allowed',
      `${escaped(path)} of settings is not for ${settingsFile} to set; set it in ${place}${listing}`,
    );
    return [];
  };
  return partOf(repo, '');
}

/**
 * Lays the repo's settings over the operator's, member by member: what the repo leaves out stays as the operator set
 * it. Lists and forms such as `{ env: NAME }` are replaced as a whole.
 */
export function overlaid(operator: Mapping, repo: Mapping, schema: FieldSchema): Mapping {
  const entries = new Map(operator.entries);
  for (const [key, entry] of repo.entries) {
    const below = entries.get(key)?.value;
    const field = fieldOf(schema, key);
    const merges = below?.type === 'map' && entry.value.type === 'map' && field && isPlain(field);
    entries.set(
      key,
      merges
        ? { key, at: entry.at, value: overlaid(below, entry.value, branchFor(field, 'object')) }
        : entry,
    );
  }
  return { ...operator, entries };
}

const isPlain = (field: FieldSchema): boolean => formOf(field).form === 'plain';
