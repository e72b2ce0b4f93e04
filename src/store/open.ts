import type { Log } from '../model/log.ts';
import type { StoreSettings } from '../model/settings.ts';
import { StoreError, type Store } from '../model/store.ts';
import type { Backend, LockHolder, ReadAccess, WriterLock } from './backend.ts';
import { backendFor, inMemory } from './backends.ts';
import { closedOnError } from './schema/closing.ts';
import { copyInMemory, isCurrent, migrate } from './schema/migrate.ts';
import { storeOver } from './store.ts';

/**
 * Takes the right to write to a store, or returns the process that has it. Rejects with a `StoreError` if the place of
 * the store cannot be used or trusted.
 */
export async function lockStore(
  settings: StoreSettings,
  now: Date,
  log: Pick<Log, 'warn'>,
): Promise<WriterLock | LockHolder> {
  const backend = backendFor(settings);
  try {
    return await backend.lock(now, log);
  } catch (error) {
    throw backend.storeErrorOf(error);
  }
}

/** The process that has the right to write now; undefined if none has. Creates and changes nothing. */
export const lockHolder = async (settings: StoreSettings): Promise<string | undefined> =>
  backendFor(settings).lockHolder();

/**
 * Opens the store that the settings name for writing, and creates it if there is none. `lock` must be the lock of that
 * store, and must outlive it. Rejects with a `StoreError` that says what to do if the store cannot be used, or if
 * another user may have made it.
 */
export async function openStore(settings: StoreSettings, lock: WriterLock): Promise<Store> {
  const backend = backendFor(settings);
  if (lock.store !== backend.name)
    throw new Error(`the lock of ${lock.store} does not lock ${backend.name}`);
  return await orStoreError(backend, async () => {
    const database = await backend.openToWrite(lock, (opened) => migrate(opened, backend));
    return await storeOver(database, backend);
  });
}

/**
 * Opens a store read-only: nothing is created or changed. If there is none, the store is empty and in memory. Rejects
 * like `openStore`.
 */
export const readStore = (settings: StoreSettings): Promise<Store> => openAs('read', settings);

/** Opens a store like `readStore`, without creating even a file beside it. For a store that no process writes. */
export const inspectStore = (settings: StoreSettings): Promise<Store> =>
  openAs('inspect', settings);

async function openAs(access: ReadAccess, settings: StoreSettings): Promise<Store> {
  const backend = backendFor(settings);
  return await orStoreError(backend, async () => {
    const found = await backend.openToRead(access);
    if (found && (await closedOnError(found, isCurrent))) return await storeOver(found, backend);
    return await storeOver(await copyInMemory(found, backend.name), inMemory.backend);
  });
}

/** Awaits `work`. Rejects with a `StoreError` whatever fails. */
async function orStoreError(backend: Backend, work: () => Promise<Store>): Promise<Store> {
  try {
    return await work();
  } catch (error) {
    const storeError = backend.storeErrorOf(error);
    if (storeError instanceof StoreError) throw storeError;
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(`the store ${backend.name} cannot be used: ${why}`, { cause: error });
  }
}
