import type { StoreMigration } from './migration.ts';

/** Adds the overrides of timetables. */
export const wakes: StoreMigration = {
  async up({ schema }) {
    await schema
      .createTable('wakes')
      .addColumn('address', 'text', (column) => column.primaryKey())
      .addColumn('at', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('until', 'text', (column) => column.notNull())
      .execute();
  },
};
