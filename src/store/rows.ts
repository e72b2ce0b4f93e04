import { sql } from 'kysely';
import type { Database, Tables } from './schema/tables.ts';

/**
 * The number of rows per statement, so that it stays below the limits of databases: SQLite takes 32,766 values. Fewer
 * rows would take a large team so long that its lease, whose row the transaction locks, could not be renewed.
 */
const rowsPerStatement = 1000;

/** Values in parts of one statement each. */
export const partsOf = <Value>(
  values: readonly Value[],
): readonly (readonly [Value, ...Value[]])[] =>
  Array.from(
    { length: Math.ceil(values.length / rowsPerStatement) },
    (_, part) =>
      values.slice(part * rowsPerStatement, (part + 1) * rowsPerStatement) as [Value, ...Value[]],
  );

/** Inserts rows, and replaces those with the same `key`. Of several rows with the same key, the last one counts. */
export async function upsert<Table extends keyof Tables>(
  database: Database,
  table: Table,
  key: readonly (keyof Tables[Table] & string)[],
  rows: readonly Tables[Table][],
): Promise<void> {
  const last = new Map(
    rows.map((row) => [JSON.stringify(key.map((column) => row[column])), row] as const),
  );
  const [first] = last.values();
  if (!first) return;
  const replaced = Object.keys(first).filter(
    (column) => !(key as readonly string[]).includes(column),
  );
  const update = Object.fromEntries(
    replaced.map((column) => [column, sql.ref(`excluded.${column}`)]),
  );
  for (const part of partsOf([...last.values()]))
    await database
      .insertInto(table)
      // Kysely cannot tell the columns of a table that is a parameter.
      .values(part as never)
      .onConflict((conflict) => conflict.columns([...key] as never).doUpdateSet(update as never))
      .execute();
}
