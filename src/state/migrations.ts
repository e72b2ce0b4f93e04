import { randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { StoreError } from '../model/store.ts';
import { openSqlite } from './database.ts';
import type { Tables } from './tables.ts';

/** The steps from an empty database to today's tables, by name; a step that has been released is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-first': {
    async up(database: Kysely<Tables>) {
      const { schema } = database;
      await schema
        .createTable('meta')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('value', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('bindings')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('live_id', 'text', (column) => column.notNull())
        .addColumn('bound_at', 'text', (column) => column.notNull())
        .addColumn('created', 'integer', (column) => column.notNull())
        .addColumn('protected', 'integer', (column) => column.notNull())
        .execute();
      await schema
        .createTable('intents')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('digests')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('digest', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('digests_key', ['address', 'path'])
        .execute();
      await schema
        .createTable('readings')
        .addColumn('list', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('conditions')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('since', 'text', (column) => column.notNull())
        .addColumn('reason', 'text')
        .execute();
      await schema
        .createTable('deletions')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('passes')
        .addColumn('pass', 'text', (column) => column.primaryKey())
        .addColumn('trigger', 'text', (column) => column.notNull())
        .addColumn('mode', 'text', (column) => column.notNull())
        .addColumn('started_at', 'text', (column) => column.notNull())
        .addColumn('finished_at', 'text', (column) => column.notNull())
        .addColumn('summary', 'text', (column) => column.notNull())
        .execute();
      await database
        .insertInto('meta')
        .values({ key: 'digest-key', value: randomBytes(32).toString('hex') })
        .execute();
    },
  },
  '002-guard': {
    async up({ schema }: Kysely<Tables>) {
      await schema
        .createTable('setbacks')
        .addColumn('action', 'text', (column) => column.primaryKey())
        .addColumn('failures', 'integer', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('retry_at', 'text')
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('error', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('writes')
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('suspensions')
        .addColumn('address', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('approvals')
        .addColumn('digest', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('shortages')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('until', 'text', (column) => column.notNull())
        .execute();
      await schema
        .createTable('deeds')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('pass', 'text', (column) => column.notNull())
        .addColumn('address', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('verb', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('error', 'text')
        .addColumn('changes', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('took', 'integer', (column) => column.notNull())
        .execute();
      await schema.createIndex('deeds_address').on('deeds').columns(['address', 'id']).execute();
    },
  },
};

/** Brings the database to today's tables. Rejects with a `StoreError` when a newer Holdfast has made it. */
export async function migrate(database: Kysely<Tables>, path: string): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof StoreError) throw error;
  const why = error instanceof Error ? error.message : JSON.stringify(error);
  throw new StoreError(
    `the store ${path} cannot be brought to this version's form: ${why}; use the Holdfast that made it, or move the file away`,
    { cause: error },
  );
}

/**
 * Gives a read-only connection to an older store the tables that it lacks, empty and for this connection alone: the file is not touched.
 */
export async function addMissingTables(database: Kysely<Tables>): Promise<void> {
  const { rows: known } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table'`.execute(database);
  const names = new Set(known.map(({ name }) => name));
  const today = openSqlite(':memory:');
  try {
    await migrate(today, ':memory:');
    const { rows } = await sql<{ name: string; sql: string }>`
      select name, sql from sqlite_master where type = 'table' and name not like 'kysely%'`.execute(
      today,
    );
    for (const table of rows)
      if (!names.has(table.name))
        await sql.raw(table.sql.replace(/^create table/i, 'create temp table')).execute(database);
  } finally {
    await today.destroy();
  }
}
