import { notFound } from '../http/refusal.ts';
import { schedule } from './steps.ts';
import type { Row, Table } from './table.ts';
import type { Runners, Tables, World } from './world.ts';

/** Returns the row with this id. Throws a 404 if there is none or if it is deleted. */
export function find<T extends Row>(table: Table<T>, id: string, noun: string): T {
  const row = table.get(id);
  if (!row || isDeleted(row)) throw notFound(`${noun} ${id}`);
  return row;
}

/** Replaces fields of an existing row, and returns the new row. */
export function change<T extends Row>(table: Table<T>, row: T, changes: Partial<Omit<T, 'id'>>): T {
  return table.patch(row.id, changes) ?? row;
}

/** Whether the row is deleted and only remains in lists. */
export const isDeleted = (row: Row): boolean => (row.dtDeleted ?? null) !== null;

/**
 * Deletes a row of a kind that has dtDeleted, and returns it with the time of its deletion. Lists show it for
 * `listDeleted` milliseconds more.
 */
export function retire<T extends Row>(world: World, name: keyof Tables, row: T): T {
  const table: Table<Row> = world.tables[name];
  const { listDeleted } = world.settings;
  const retired = { ...row, dtDeleted: world.now };
  if (listDeleted === 0) table.delete(row.id);
  else {
    table.patch(row.id, { dtDeleted: world.now });
    schedule(world, listDeleted, { run: 'purge', target: row.id, data: name });
  }
  return retired;
}

/** The runner that removes deleted rows from lists. */
export const purgeRunners: Runners = {
  purge: (world, { target, data }) => {
    world.tables[data as keyof Tables].delete(target);
  },
};

/** Returns all tables by name, as tables of plain rows. */
export const allTables = ({ tables }: World): readonly [string, Table<Row>][] =>
  Object.entries<Table<Row>>(tables);
