import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binding } from '../../src/model/memory.ts';
import type { Address } from '../../src/model/resource.ts';
import type { Store } from '../../src/model/store.ts';
import { readStore } from '../../src/store/open.ts';
import { postgresBackend } from '../../src/store/postgres/backend.ts';
import type { Database } from '../../src/store/schema/tables.ts';
import { openSqlite } from '../../src/store/sqlite/database.ts';
import { openTestStore, testServer, testStoreAt } from '../support/openTestStore.ts';

/** A temporary directory, removed when disposed of. */
export async function directory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

export const open = async (path: string, readOnly = false): Promise<Store> =>
  readOnly ? await readStore(await testStoreAt(path), 'default') : await openTestStore(path);

/** Whether stores are in SQLite, so that a test may look into the file of one. */
export const onSqlite = testServer() === undefined;

/** The database of the store at a path, with the rows of all workspaces. */
export async function rawDatabase(path: string): Promise<Database> {
  const settings = await testStoreAt(path);
  const database =
    settings.type === 'sqlite'
      ? openSqlite(path, 'read')
      : await postgresBackend(settings.url).openToRead('read');
  if (!database) throw new Error(`there is no store at ${path}`);
  return database;
}

/** A resource that Holdfast created. */
export const binding = (address: Address, id: string): Binding & { readonly address: Address } => ({
  address,
  id,
  boundAt: '2026-11-21T09:00:00Z',
  created: true,
  protected: false,
});
