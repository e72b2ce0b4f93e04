import type { Log } from '../model/log.ts';
import type { StoreSettings } from '../model/settings.ts';
import { StoreError, type Store } from '../model/store.ts';
import type { Backend, LockHolder, ReadAccess, WriterLock } from './backend.ts';
import { backendFor, inMemory } from './backends.ts';
import { closedOnError } from './schema/closing.ts';
import { copyInMemory, isCurrent, migrate } from './schema/migrate.ts';
import { storeOver } from './store.ts';
import { addWorkspace, findWorkspace, workspaceNames } from './workspaces.ts';

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

/** The stores of all workspaces in one place. Disposing of it closes them. */
export interface Stores extends AsyncDisposable {
  /** Opens the store of a workspace, and creates it if there is none. Rejects with a `StoreError`. */
  of(workspace: string): Promise<Store>;
  /** The names of all workspaces that have a store. */
  names(): Promise<readonly string[]>;
}

/**
 * Opens the stores that the settings name for writing, and creates their place if there is none. `lock` must be the
 * lock of that place, and must outlive them. Rejects with a `StoreError` that says what to do if the place cannot be
 * used, or if another user may have made it.
 */
export async function openStores(settings: StoreSettings, lock: WriterLock): Promise<Stores> {
  const backend = backendFor(settings);
  if (lock.store !== backend.name)
    throw new Error(`the lock of ${lock.store} does not lock ${backend.name}`);
  const database = await orStoreError(backend, () =>
    backend.openToWrite(lock, (opened) => migrate(opened, backend)),
  );
  return {
    of: (workspace) =>
      orStoreError(backend, async () =>
        storeOver(database, await addWorkspace(database, workspace), backend),
      ),
    names: () => orStoreError(backend, () => workspaceNames(database)),
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}

/** Opens the store of one workspace, like `openStores`. */
export async function openStore(
  settings: StoreSettings,
  lock: WriterLock,
  workspace: string,
): Promise<Store> {
  await using stack = new AsyncDisposableStack();
  const stores = stack.use(await openStores(settings, lock));
  const store = await stores.of(workspace);
  const opened = stack.move();
  return { ...store, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/**
 * Opens the store of a workspace read-only: nothing is created or changed. If there is none, the store is empty and in
 * memory. Rejects like `openStores`.
 */
export const readStore = (settings: StoreSettings, workspace: string): Promise<Store> =>
  openAs('read', settings, workspace);

/** Opens a store like `readStore`, without creating even a file beside it. For a store that no process writes. */
export const inspectStore = (settings: StoreSettings, workspace: string): Promise<Store> =>
  openAs('inspect', settings, workspace);

async function openAs(
  access: ReadAccess,
  settings: StoreSettings,
  workspace: string,
): Promise<Store> {
  const backend = backendFor(settings);
  return await orStoreError(backend, async () => {
    await using stack = new AsyncDisposableStack();
    let found = await backend.openToRead(access);
    let from: Pick<Backend, 'changeToken'> = backend;
    if (!found || !(await closedOnError(found, isCurrent))) {
      found = await copyInMemory(found, backend.name);
      from = inMemory.backend;
    }
    const database = found;
    stack.defer(() => database.destroy());
    const id = await findWorkspace(database, workspace);
    const store =
      id === undefined
        ? await storeInMemory(stack, workspace)
        : await storeOver(database, id, from);
    const opened = stack.move();
    return { ...store, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  });
}

/** An empty store of a workspace, for one that its place does not have. */
async function storeInMemory(stack: AsyncDisposableStack, workspace: string): Promise<Store> {
  const { backend, open } = inMemory;
  const database = await open((opened) => migrate(opened, backend));
  stack.defer(() => database.destroy());
  return await storeOver(database, await addWorkspace(database, workspace), backend);
}

/** Awaits `work`. Rejects with a `StoreError` whatever fails. */
async function orStoreError<Value>(backend: Backend, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const storeError = backend.storeErrorOf(error);
    if (storeError instanceof StoreError) throw storeError;
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(`the store ${backend.name} cannot be used: ${why}`, { cause: error });
  }
}
