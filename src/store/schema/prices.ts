import type { StoreMigration } from './migration.ts';

/** Adds the rates that live resources have shown. */
export const prices: StoreMigration = {
  async up({ schema }) {
    await schema
      .createTable('prices')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('rate', 'double precision', (column) => column.notNull())
      .execute();
  },
};
