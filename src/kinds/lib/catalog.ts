import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Catalog, Kinds, Lookup, ResourceKind } from '../../model/kind.ts';
import type { FieldSchema } from '../../model/schema.ts';
import { machineEvents } from './machines/events.ts';
import { teamOf } from './team.ts';

/**
 * Every file of `kinds/` is a kind and every file of `kinds/lookups/` something that can only be referred to: adding a file
 * adds it to the program.
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
  const here = new URL(folder, import.meta.url);
  const files = (await readdir(here))
    .filter((file) => extname(file) === extname(import.meta.url))
    .toSorted();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(new URL(basename(file), here).href)) as { default: Value };
      return module.default;
    }),
  );
}

const byName = <Value extends Lookup>(values: readonly Value[]): ReadonlyMap<string, Value> =>
  new Map(values.map((value) => [value.name, value]));

/** What is referred to first; kinds that refer to each other stay in the order of their names. */
function inOrder(kinds: Kinds): Kinds {
  const ordered = new Map<string, ResourceKind>();
  const visit = (kind: ResourceKind, path: ReadonlySet<string>): void => {
    if (ordered.has(kind.name) || path.has(kind.name)) return;
    for (const name of referred(kind.schema)) {
      const next = kinds.get(name);
      if (next) visit(next, new Set([...path, kind.name]));
    }
    ordered.set(kind.name, kind);
  };
  for (const kind of kinds.values()) visit(kind, new Set());
  return ordered;
}

/** Relations do not count, nor what only an update carries: they are written after both ends exist. */
const referred = (schema: FieldSchema): readonly string[] =>
  Object.values(schema.properties ?? {})
    .filter(({ updateOnly }) => !updateOnly)
    .flatMap((field) => [
      ...(field.references && field.type !== 'array' ? [field.references] : []),
      ...(field.references && field.referencesBy ? Object.values(field.referencesBy) : []),
    ]);
