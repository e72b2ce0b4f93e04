import { existsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { createPrivateDirectory } from '../model/files/privateFiles.ts';
import type { StoreSettings } from '../model/settings.ts';
import { StoreError, type Store } from '../model/store.ts';
import { openSqlite, type Access } from './sqlite/database.ts';
import { inCurrentForm, migrate } from './schema/migrations.ts';
import type { WriterLock } from './sqlite/lock.ts';
import { checkPlace, createFile, pathOf } from './sqlite/storePlace.ts';
import { storeOver } from './store.ts';
import type { Database } from './schema/tables.ts';
import { damaged, storeErrorOf } from './sqlite/errors.ts';

/**
 * Opens the store that the settings name for writing, and creates it if there is none. `lock` must be the lock of that
 * store, and must outlive it. The path `:memory:` is a store that ends with the process. Rejects with a `StoreError`
 * that says what to do if the store cannot be used, or if another user may have made it.
 */
export async function openStore(settings: StoreSettings, lock: WriterLock): Promise<Store> {
  if (lock.path !== pathOf(settings))
    throw new Error(`the lock of ${lock.path} does not lock ${pathOf(settings)}`);
  return openAs('write', settings);
}

/**
 * Opens a store read-only: no file is created or changed. If there is none, the store is empty and in memory. Rejects
 * like `openStore`.
 */
export const readStore = (settings: StoreSettings): Promise<Store> => openAs('read', settings);

/** Opens a store like `readStore`, without creating even a file beside it. For a store that no process writes. */
export const inspectStore = (settings: StoreSettings): Promise<Store> =>
  openAs('inspect', settings);

async function openAs(access: Access, settings: StoreSettings): Promise<Store> {
  const path = pathOf(settings);
  try {
    if (path !== ':memory:') await checkPlace(settings);
    if (path === ':memory:' || (access !== 'write' && !existsSync(path)))
      return await openFile(':memory:', 'write');
    if (!existsSync(path)) await createStore(path);
    return await openFile(path, access);
  } catch (error) {
    const storeError = storeErrorOf(error, path);
    if (storeError instanceof StoreError) throw storeError;
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(`the store ${path} cannot be used: ${why}`, { cause: error });
  }
}

async function openFile(path: string, access: Access): Promise<Store> {
  // SQLite takes an empty file for a new database, but Holdfast never leaves an empty one.
  if (path !== ':memory:' && statSync(path).size === 0) throw damagedError(path, 'it is empty');
  const database = openSqlite(path, access);
  try {
    await checkIntegrity(database, path);
    if (access !== 'write') return await storeOver(await inCurrentForm(database, path));
    await migrate(database, path);
    return await storeOver(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** Reads the whole file once, about one second per GB: damage that is found later may have been acted on before. */
async function checkIntegrity(database: Database, path: string): Promise<void> {
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(database);
  const found = rows[0]?.quick_check ?? 'no answer';
  if (found !== 'ok') throw damagedError(path, found.replaceAll(/\s+/g, ' '));
}

const damagedError = (path: string, why: string): StoreError =>
  new StoreError(`the store ${path} cannot be used: ${why}; ${damaged}`);

/** Creates a store at another path and renames it, so that a crash leaves either no store or a complete one. */
async function createStore(path: string): Promise<void> {
  const directory = dirname(path);
  await createPrivateDirectory(directory);
  const part = `${path}.new`;
  // SQLite would apply the log of a store that was moved away to the new one.
  for (const file of [part, `${part}-wal`, `${part}-shm`, `${path}-wal`, `${path}-shm`])
    await rm(file, { force: true });
  await createFile(part);
  const database = openSqlite(part);
  try {
    await migrate(database, part);
  } finally {
    await database.destroy();
  }
  await rename(part, path);
  await using entry = await open(directory);
  await entry.sync();
}
