import { existsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { createPrivateDirectory } from '../../model/files/privateFiles.ts';
import { StoreError } from '../../model/store.ts';
import { prepared } from '../schema/closing.ts';
import type { Database } from '../schema/tables.ts';
import { openSqlite, type Access } from './database.ts';
import { damaged } from './errors.ts';
import { checkPlace, createFile, type SqliteSettings } from './storePlace.ts';

/**
 * Opens the file of a store; undefined if there is none. Rejects with an `UnsafePathError` if another user may have
 * made it, and with a `StoreError` if it is damaged.
 */
export async function openStoreFile(
  settings: SqliteSettings,
  access: Access,
): Promise<Database | undefined> {
  await checkPlace(settings);
  return existsSync(settings.path) ? await openIntact(settings.path, access) : undefined;
}

/** Opens a file. Rejects with a `StoreError` if it is damaged. */
export async function openIntact(path: string, access: Access): Promise<Database> {
  // SQLite takes an empty file for a new database, but Holdfast never leaves an empty one.
  if (statSync(path).size === 0) throw damagedError(path, 'it is empty');
  return await prepared(openSqlite(path, access), (database) => checkIntegrity(database, path));
}

/** Reads the whole file once, about one second per GB: damage that is found later may have been acted on before. */
async function checkIntegrity(database: Database, path: string): Promise<void> {
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(database);
  const found = rows[0]?.quick_check ?? 'no answer';
  if (found !== 'ok') throw damagedError(path, found.replaceAll(/\s+/g, ' '));
}

const damagedError = (path: string, why: string): StoreError =>
  new StoreError(`the store ${path} cannot be used: ${why}; ${damaged}`);

/**
 * Creates a store at another path and renames it, so that a crash leaves either no store or a complete one. `migrate`
 * creates its tables.
 */
export async function createStoreFile(
  path: string,
  migrate: (database: Database) => Promise<void>,
): Promise<void> {
  const directory = dirname(path);
  await createPrivateDirectory(directory);
  const part = `${path}.new`;
  // SQLite would apply the log of a store that was moved away to the new one.
  for (const file of [part, `${part}-wal`, `${part}-shm`, `${path}-wal`, `${path}-shm`])
    await rm(file, { force: true });
  await createFile(part);
  const database = await prepared(openSqlite(part), migrate);
  await database.destroy();
  await rename(part, path);
  await using entry = await open(directory);
  await entry.sync();
}
