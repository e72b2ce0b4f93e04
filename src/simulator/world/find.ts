import { schedule, type Runners } from './jobs.ts';
import { notFound } from '../http/refusal.ts';
import type { Row, Table } from './table.ts';
import type { Tables, World } from './world.ts';

/** The row with this id; refuses with 404 when there is none or it is deleted. */
export function find<T extends Row>(table: Table<T>, id: string, what: string): T {
  const row = table.get(id);
  if (!row || isDeleted(row)) throw notFound(`${what} ${id}`);
  return row;
}

/** Replaces fields of a row that exists, and returns the new row. */
export function change<T extends Row>(table: Table<T>, row: T, changes: Partial<Omit<T, 'id'>>): T {
  return table.patch(row.id, changes) ?? row;
}

/** Whether the row is only there because lists still show it. */
export const isDeleted = (row: Row): boolean => (row.dtDeleted ?? null) !== null;

/**
 * Deletes a row of a kind that has dtDeleted. Returns it with the time of its deletion; lists go on
 * showing it for as long as `listDeleted` says.
 */
export function retire<T extends Row>(world: World, name: keyof Tables, row: T): T {
  const table = tableNamed(world, name);
  const { listDeleted } = world.settings;
  const retired = { ...row, dtDeleted: world.now };
  if (listDeleted === 0) table.delete(row.id);
  else {
    table.patch(row.id, { dtDeleted: world.now });
    schedule(world, listDeleted, { run: 'purge', target: row.id, data: name });
  }
  return retired;
}

/** The runner that ends the afterlife of deleted rows. */
export const purgeRunners: Runners = {
  purge: (world, { target, data }) => {
    tableNamed(world, data as keyof Tables).delete(target);
  },
};

/** A table seen as one of plain rows, for what goes over all kinds. */
export const tableNamed = (world: World, name: keyof Tables): Table<Row> =>
  world.tables[name] as unknown as Table<Row>;
