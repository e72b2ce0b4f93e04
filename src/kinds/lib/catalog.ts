/**
 * Loads the catalog: every kind and lookup of this folder. A kind uses `rest.ts` for its calls, `read.ts` for readers
 * of answers, `fields.ts`, `map.ts`, and `secrets.ts` for its schema, `units.ts` and `path.ts` for conversions, and
 * `team.ts` for the id of the team.
 */

import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Catalog, Kinds, Lookup, ResourceKind } from '../../model/kind/kind.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import { machineEvents } from './machines/events.ts';
import { teamOf } from './team.ts';

/**
 * Imports the kinds and lookups. Each file of `kinds/` exports a kind by default, and each file of `kinds/lookups/` a
 * lookup: to add a kind, add a file.
 */
export async function loadCatalog(): Promise<Catalog> {
  const [kinds, lookups] = await Promise.all([
    load<ResourceKind>('../'),
    load<Lookup>('../lookups/'),
  ]);
  return {
    kinds: inOrder(byName(kinds)),
    lookups: byName(lookups),
    jobs: machineEvents,
    team: teamOf,
  };
}

async function load<Value>(folder: string): Promise<Value[]> {
  const folderUrl = new URL(folder, import.meta.url);
  const files = (await readdir(folderUrl))
    .filter((file) => extname(file) === extname(import.meta.url))
    .toSorted();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(new URL(basename(file), folderUrl).href)) as { default: Value };
      return module.default;
    }),
  );
}

const byName = <Value extends Lookup>(values: readonly Value[]): ReadonlyMap<string, Value> =>
  new Map(values.map((value) => [value.name, value]));

/**
 * Puts referenced kinds before the kinds that reference them. Kinds that reference each other stay in alphabetical
 * order.
 */
function inOrder(kinds: Kinds): Kinds {
  const ordered = new Map<string, ResourceKind>();
  const visit = (kind: ResourceKind, path: ReadonlySet<string>): void => {
    if (ordered.has(kind.name) || path.has(kind.name)) return;
    for (const name of referencedKinds(kind.schema)) {
      const target = kinds.get(name);
      if (target) visit(target, new Set([...path, kind.name]));
    }
    ordered.set(kind.name, kind);
  };
  for (const kind of kinds.values()) visit(kind, new Set());
  return ordered;
}

/** Relations and update-only fields do not count: they are written when both resources exist. */
const referencedKinds = (schema: FieldSchema): readonly string[] =>
  Object.values(schema.properties ?? {})
    .filter(({ updateOnly }) => !updateOnly)
    .flatMap((field) => [
      ...(field.references && field.type !== 'array' ? [field.references] : []),
      ...(field.references && field.referencesBy ? Object.values(field.referencesBy) : []),
    ]);
