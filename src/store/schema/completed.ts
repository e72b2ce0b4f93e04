import type { StoreMigration } from './migration.ts';

/**
 * Adds what stores of the first commits lack: the first and the third migration were completed after such stores had
 * been made. Other stores have it already.
 */
export const completed: StoreMigration = {
  async up(database) {
    const { schema } = database;
    await schema
      .createTable('readings')
      .ifNotExists()
      .addColumn('list', 'text', (column) => column.primaryKey())
      .addColumn('at', 'text', (column) => column.notNull())
      .execute();
    const tables = await database.introspection.getTables();
    const bindings = tables.find(({ name }) => name === 'bindings');
    if (bindings?.columns.every(({ name }) => name !== 'unlisted_since'))
      await schema.alterTable('bindings').addColumn('unlisted_since', 'text').execute();
  },
};
