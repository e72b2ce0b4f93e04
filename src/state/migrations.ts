import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import { StoreError } from '../model/store.ts';
import type { Tables } from './database.ts';

/** The steps from an empty database to today's tables, by name; a step that has been released is never changed. */
const migrations: Readonly<Record<string, Migration>> = {
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
};

/** Brings the database to today's tables. Rejects with a `StoreError` when a newer Holdfast has made it. */
export async function migrate(database: Kysely<Tables>, path: string): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const why = error instanceof Error ? error.message : JSON.stringify(error);
  throw new StoreError(
    `the store ${path} cannot be brought to this version's form: ${why}; use the Holdfast that made it, or move the file away`,
    { cause: error },
  );
}
