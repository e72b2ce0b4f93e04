import { upsert } from './rows.ts';
import type { Database } from './schema/tables.ts';

/** Sets a value that the store has once. */
export const setMeta = (database: Database, key: string, value: string): Promise<void> =>
  upsert(database, 'meta', ['key'], [{ key, value }]);

/** Reads a value; undefined if it was never set. */
export async function readMeta(database: Database, key: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('meta')
    .select('value')
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.value;
}

/** The secret key of the store, under which it makes digests of write-only values. */
export async function digestKey(database: Database): Promise<Buffer> {
  const { value } = await database
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'digest-key')
    .executeTakeFirstOrThrow();
  return Buffer.from(value, 'hex');
}
