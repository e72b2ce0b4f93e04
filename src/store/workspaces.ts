import { randomBytes } from 'node:crypto';
import { inWorkspace } from './inWorkspace.ts';
import type { Database } from './schema/tables.ts';

/** Returns the number of a workspace in the store; undefined: the store has no workspace of this name. */
export async function findWorkspace(database: Database, name: string): Promise<number | undefined> {
  const row = await database
    .selectFrom('workspaces')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.id;
}

/** Returns the number of a workspace in the store. Adds it, with its key, if there is none of this name. */
export const addWorkspace = async (database: Database, name: string): Promise<number> =>
  (await findWorkspace(database, name)) ??
  (await database.transaction().execute(async (transaction) => {
    const { id } = await transaction
      .insertInto('workspaces')
      .values({ name })
      .returning('id')
      .executeTakeFirstOrThrow();
    await inWorkspace(transaction, id)
      .insertInto('meta')
      .values({ key: 'digest-key', value: randomBytes(32).toString('hex') })
      .execute();
    return id;
  }));
