// A store in a SQLite file. In: its path. Out: a `Backend`. `storePlace.ts` checks that nobody else can have made the
// file, `lock.ts` gives one process the right to write, `storeFile.ts` opens or creates the file through `database.ts`
// (node:sqlite for Kysely), and `errors.ts` says what a person can do about an error. `inMemory.ts` is a store without
// a file.

import type { Backend } from '../backend.ts';
import { prepared } from '../schema/closing.ts';
import { changeToken, columnTypes, inMemoryPath } from './database.ts';
import { storeErrorOf } from './errors.ts';
import { inMemoryBackend } from './inMemory.ts';
import { lockStoreFile, storeFileHolder } from './lock.ts';
import { createStoreFile, openIntact, openStoreFile } from './storeFile.ts';
import type { SqliteSettings } from './storePlace.ts';

/** Makes the backend of a store in a SQLite file. The path `:memory:` is a store that ends with the process. */
export function sqliteBackend(settings: SqliteSettings): Backend {
  const { path } = settings;
  if (path === inMemoryPath) return inMemoryBackend;
  return {
    name: path,
    columnTypes,
    lock: (now, log) => lockStoreFile(settings, now, log),
    lockHolder: () => storeFileHolder(settings),
    async openToWrite(_lock, migrate) {
      const existing = await openStoreFile(settings, 'write');
      if (existing) return { database: await prepared(existing, migrate) };
      await createStoreFile(path, migrate);
      return { database: await openIntact(path, 'write') };
    },
    openToRead: (access) => openStoreFile(settings, access),
    changeToken,
    storeErrorOf: (error) => storeErrorOf(error, path),
  };
}
