import type { Backend, WriterLock } from '../backend.ts';
import { prepared } from '../schema/closing.ts';
import type { Database } from '../schema/tables.ts';
import { changeToken, columnTypes, inMemoryPath, openSqlite } from './database.ts';
import { storeErrorOf } from './errors.ts';

/** Opens an empty database that ends with the process. `migrate` creates its tables. */
export const openInMemory = (migrate: (database: Database) => Promise<void>): Promise<Database> =>
  prepared(openSqlite(inMemoryPath), migrate);

/** Nothing can be locked: no other process sees the store. */
const lock: WriterLock = { store: inMemoryPath, [Symbol.asyncDispose]: () => Promise.resolve() };

/** SQLite without a file. Every store that is opened is a new one. */
export const inMemoryBackend: Backend = {
  name: inMemoryPath,
  columnTypes,
  lock: () => Promise.resolve(lock),
  lockHolder: () => Promise.resolve(undefined),
  openToWrite: async (_lock, migrate) => ({ database: await openInMemory(migrate) }),
  openToRead: () => Promise.resolve(undefined),
  changeToken,
  storeErrorOf: (error) => storeErrorOf(error, inMemoryPath),
};
