import type { StoreMigration } from './migration.ts';

/** Adds what the team has cost, day by day. */
export const costs: StoreMigration = {
  async up({ schema }) {
    await schema
      .createTable('costs')
      .addColumn('day', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('labels', 'text', (column) => column.notNull())
      .addColumn('usd', 'double precision', (column) => column.notNull())
      .addColumn('unknown_hours', 'double precision', (column) => column.notNull())
      .addPrimaryKeyConstraint('costs_key', ['day', 'kind', 'type', 'labels'])
      .execute();
  },
};
