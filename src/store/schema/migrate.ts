// The schema of a store. In: an open database. Out: the same in the present schema, or a copy in memory that is.
// `tables.ts` has its types, `migrations.ts` the way there.

import { Migrator, type Migration } from 'kysely/migration';
import { StoreError } from '../../model/store.ts';
import type { Backend, ColumnTypes } from '../backend.ts';
import { inMemory } from '../backends.ts';
import { migrations } from './migrations.ts';
import type { Database, Tables } from './tables.ts';

/**
 * Migrates the database to the present schema, or to that of the migration `to`. Rejects with a `StoreError` if a newer
 * Holdfast wrote the database, or if a migration fails.
 */
export async function migrate(
  database: Database,
  { name, columnTypes }: Pick<Backend, 'name' | 'columnTypes'>,
  to?: string,
): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrationsWith(columnTypes)) },
  });
  const { error } =
    to === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(to);
  if (error === undefined) return;
  if (error instanceof StoreError) throw error;
  const why = error instanceof Error ? error.message : JSON.stringify(error);
  throw new StoreError(
    `the store ${name} cannot be migrated to the schema of this version: ${why}; use the version of Holdfast that wrote it, or another store`,
    { cause: error },
  );
}

const migrationsWith = (types: ColumnTypes): Record<string, Migration> =>
  Object.fromEntries(
    Object.entries(migrations).map(([name, migration]) => [
      name,
      { up: (database: Database) => migration.up(database, types) },
    ]),
  );

/** Whether a database has the present schema. */
export const isCurrent = async (database: Database): Promise<boolean> =>
  (await lastMigration(database)) === Object.keys(migrations).at(-1);

/** The name of the migration that was applied last; it is unknown here if a newer Holdfast applied it. */
async function lastMigration(database: Database): Promise<string> {
  const rows = await database
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  const names = rows.map(({ name }) => name).toSorted();
  return names.at(-1) ?? '';
}

/**
 * Copies a store into memory, in the present schema. `source` has an older one; undefined: the copy is empty. Closes
 * `source`. Rejects with a `StoreError` that calls the store `name` if its schema is newer.
 */
export async function copyInMemory(source: Database | undefined, name: string): Promise<Database> {
  const target = { name, columnTypes: inMemory.backend.columnTypes };
  try {
    return await inMemory.open(async (copy) => {
      if (source) {
        await migrate(copy, target, await lastMigration(source));
        await copyRows(source, copy);
      }
      await migrate(copy, target);
    });
  } finally {
    await source?.destroy();
  }
}

/** Copies the rows of every table of `from`. `to` has these tables, and maybe others. */
async function copyRows(from: Database, to: Database): Promise<void> {
  for (const { name } of await from.introspection.getTables()) {
    const table = name as keyof Tables;
    await to.deleteFrom(table).execute();
    for await (const row of from.selectFrom(table).selectAll().stream())
      await to.insertInto(table).values(row).execute();
  }
}
