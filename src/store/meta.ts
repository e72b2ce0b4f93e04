import type { Database } from './schema/tables.ts';

/** Sets a value that the store has once. */
export async function setMeta(database: Database, key: string, value: string): Promise<void> {
  await database
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
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
