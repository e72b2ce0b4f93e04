import type { Database } from './tables.ts';

/** Awaits `work` with an opened database. Closes the database if `work` rejects. */
export async function closedOnError<Value>(
  database: Database,
  work: (database: Database) => Promise<Value>,
): Promise<Value> {
  try {
    return await work(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** Awaits `work` with an opened database, and returns the database. Closes it if `work` rejects. */
export async function prepared(
  database: Database,
  work: (database: Database) => Promise<void>,
): Promise<Database> {
  await closedOnError(database, work);
  return database;
}
