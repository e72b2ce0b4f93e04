import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StoreSettings } from '../model/settings.ts';
import { StoreError, type Store } from '../model/store.ts';
import { openSqlite } from './database.ts';
import { addMissingTables, migrate } from './migrations.ts';
import { storeOver } from './store.ts';

/**
 * The store that the settings name, made where there is none; the path `:memory:` is one that ends with the process. With `readOnly` the
 * file is not touched, and where there is none, nothing is remembered. Rejects
 * with a `StoreError` that says what to do when it cannot be used.
 */
export async function openStore(settings: StoreSettings, readOnly = false): Promise<Store> {
  if (settings.type !== 'sqlite')
    throw new StoreError('stores other than sqlite: are not built in; write sqlite:PATH');
  const path = readOnly && !existsSync(settings.path) ? ':memory:' : settings.path;
  try {
    if (path !== ':memory:') await mkdir(dirname(path), { recursive: true });
    const database = openSqlite(path, readOnly && path !== ':memory:');
    try {
      if (!readOnly || path === ':memory:') await migrate(database, path);
      else await addMissingTables(database);
      return await storeOver(database);
    } catch (error) {
      await database.destroy();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(`the store ${path} cannot be used: ${why(error)}`, { cause: error });
  }
}

function why(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/not a database|malformed/.test(message))
    return `${message}; it is damaged: restore it from a copy, or move it away (Holdfast then recognises the team by its names)`;
  if (/readonly|unable to open|EACCES|EROFS|ENOENT|EPERM/.test(message))
    return `${message}; make its directory writable, or set settings.store`;
  return message;
}
