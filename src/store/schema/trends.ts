import type { StoreMigration } from './migration.ts';

/** Adds the trends, and since when resources need attention: of stored conditions, since their present status. */
export const trends: StoreMigration = {
  async up(database) {
    const { schema } = database;
    await schema
      .createTable('trends')
      .addColumn('hour', 'text', (column) => column.primaryKey())
      .addColumn('passes', 'integer', (column) => column.notNull())
      .addColumn('open', 'integer')
      .addColumn('max_open', 'integer')
      .addColumn('repaired', 'integer', (column) => column.notNull())
      .addColumn('repair_seconds', 'double precision', (column) => column.notNull())
      .addColumn('cost_managed', 'double precision')
      .addColumn('cost_unmanaged', 'double precision')
      .addColumn('pass_seconds', 'double precision', (column) => column.notNull())
      .addColumn('max_pass_seconds', 'double precision', (column) => column.notNull())
      .execute();
    await schema.alterTable('conditions').addColumn('open_since', 'text').execute();
    await database
      .updateTable('conditions')
      .set((query) => ({ open_since: query.ref('since') }))
      .where('status', 'not in', ['inSync', 'orphaned', 'unmanaged'])
      .execute();
  },
};
