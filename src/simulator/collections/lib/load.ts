import { glob } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Handlers } from '../../http/call.ts';
import { purgeRunners } from '../../world/find.ts';
import type { Runners, TableDefinitions } from '../../world/world.ts';
import type { Collection } from './collection.ts';

/** What all collections define together. */
export interface Collections {
  readonly tables: TableDefinitions;
  readonly handlers: Handlers;
  readonly runners: Runners;
}

/**
 * Imports the collections. Each file of a folder beside `lib/` exports one by default: to add a collection, add a file.
 */
export async function loadCollections(): Promise<Collections> {
  const folder = new URL('../', import.meta.url);
  const pattern = `!(lib)/*${extname(import.meta.url)}`;
  const files = (await Array.fromAsync(glob(pattern, { cwd: folder }))).toSorted();
  const collections = await Promise.all(
    files.map(async (file) => {
      const module = (await import(new URL(file, folder).href)) as { default: Collection };
      return module.default;
    }),
  );
  return {
    // Each file that adds a table to `Rows` defines it.
    tables: merge(collections.map(({ tables }) => tables)) as TableDefinitions,
    handlers: merge(collections.map(({ handlers }) => handlers)),
    runners: merge([purgeRunners, ...collections.map(({ runners }) => runners)]),
  };
}

const merge = <T extends object>(parts: readonly (T | undefined)[]): T =>
  Object.assign({}, ...parts) as T;
