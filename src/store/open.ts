import { existsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { makeOwnDirectory } from '../model/files/privateFiles.ts';
import type { StoreSettings } from '../model/settings.ts';
import { StoreError, type Store } from '../model/store.ts';
import { openSqlite, type Access } from './database.ts';
import { inTodaysForm, migrate } from './migrations.ts';
import { checkPlace, createFile, pathOf } from './storePlace.ts';
import { storeOver } from './store.ts';
import type { Tables } from './tables.ts';
import { damaged, storeErrorOf } from './errors.ts';

/**
 * The store that the settings name, made where there is none; the path `:memory:` is one that ends with the process. With `readOnly` the
 * file is not touched, and where there is none, nothing is remembered. Rejects
 * with a `StoreError` that says what to do when it cannot be used, or when another user may have made it.
 */
export const openStore = (settings: StoreSettings, readOnly = false): Promise<Store> =>
  openAs(readOnly ? 'read' : 'write', settings);

/** Likewise, to look at a store that nobody writes with: not even a file beside it is made. */
export const inspectStore = (settings: StoreSettings): Promise<Store> =>
  openAs('inspect', settings);

async function openAs(access: Access, settings: StoreSettings): Promise<Store> {
  const path = pathOf(settings);
  try {
    if (path !== ':memory:') await checkPlace(settings);
    if (path === ':memory:' || (access !== 'write' && !existsSync(path)))
      return await opened(':memory:', 'write');
    if (!existsSync(path)) await make(path);
    return await opened(path, access);
  } catch (error) {
    const explained = storeErrorOf(error, path);
    if (explained instanceof StoreError) throw explained;
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(`the store ${path} cannot be used: ${why}`, { cause: error });
  }
}

async function opened(path: string, access: Access): Promise<Store> {
  // SQLite takes a file of no bytes for a new database, but what Holdfast makes is never empty.
  if (path !== ':memory:' && statSync(path).size === 0) throw isDamaged(path, 'it is empty');
  const database = openSqlite(path, access);
  try {
    await check(database, path);
    if (access !== 'write') return await storeOver(await inTodaysForm(database, path));
    await migrate(database, path);
    return await storeOver(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** Reads all of it once (a second for each GB), since a damage that is met later may have been believed by then. */
async function check(database: Kysely<Tables>, path: string): Promise<void> {
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(database);
  const found = rows[0]?.quick_check ?? 'no answer';
  if (found !== 'ok') throw isDamaged(path, found.replaceAll(/\s+/g, ' '));
}

const isDamaged = (path: string, why: string): StoreError =>
  new StoreError(`the store ${path} cannot be used: ${why}; ${damaged}`);

/** Makes a store beside its place and then puts it there, whole, so that a crash leaves none or an empty one of today's form. */
async function make(path: string): Promise<void> {
  const directory = dirname(path);
  await makeOwnDirectory(directory);
  const part = `${path}.new`;
  // The log of a store that was moved away would be taken for that of the new one.
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
