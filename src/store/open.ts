import type { Log } from '../model/log.ts';
import type { PassSummary } from '../model/pass/report.ts';
import type { StoreSettings } from '../model/settings.ts';
import { HeldError } from '../model/lease.ts';
import { StoreError, type Store } from '../model/store.ts';
import { systemClock, type Clock } from '../model/time/clock.ts';
import type { Backend, LockHolder, ReadAccess, Sharing, WriterLock } from './backend.ts';
import { backendFor, inMemory } from './backends.ts';
import { createLeaseKeeper, type HeldLease } from './leaseKeeper.ts';
import { closedOnError } from './schema/closing.ts';
import { copyInMemory, isCurrent, migrate } from './schema/migrate.ts';
import type { Holder } from './leaseTable.ts';
import type { Database } from './schema/tables.ts';
import { storeOver } from './store.ts';
import { addWorkspace, findWorkspace, hasPasses, readLastPasses } from './workspaces.ts';

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

/** The name of a store in messages, without secrets: the path of a file, or the address of a database. */
export const storeName = (settings: StoreSettings): string => backendFor(settings).name;

/** The process that has the right to write to a workspace now; undefined if none has. Creates and changes nothing. */
export const lockHolder = (
  settings: StoreSettings,
  workspace: string,
): Promise<string | undefined> => {
  const backend = backendFor(settings);
  return orStoreError(backend, () => backend.lockHolder(workspace));
};

/** The stores of all workspaces in one place. Disposing of it closes them. */
export interface Stores extends AsyncDisposable {
  /**
   * Opens the store of a workspace for writing, and creates it if there is none. Disposing of the store hands its lease
   * over: whatever was sent to the team must have ended. Rejects with a `HeldError` if another process has the lease,
   * or with a `StoreError`.
   */
  of(workspace: string): Promise<Store>;
  /** Opens it like `of`, as soon as no other process writes to it. Rejects with the reason of the signal. */
  whenFree(workspace: string, signal: AbortSignal): Promise<Store>;
  /**
   * Opens the store of a workspace for reading and for what a person may change, whoever writes to it: suspensions,
   * wakes, and approvals, with their audit. Rejects with a `StoreError`.
   */
  visit(workspace: string): Promise<Store>;
  /** What several processes know of each other; undefined: this process has the right to write to all workspaces. */
  readonly replicas?: Replicas | undefined;
  /** The last pass of every workspace that has recorded one, by name. */
  lastPasses(): Promise<ReadonlyMap<string, PassSummary>>;
}

/** Several processes that share one store. */
export interface Replicas {
  /** Whether any of them has ended a pass. Rejects with a `StoreError`. */
  havePassed(): Promise<boolean>;
  /** The process that writes to a workspace now; undefined: none. Rejects with a `StoreError`. */
  holderOf(workspace: string): Promise<Holder | undefined>;
  /** Tells the others the URL of this process's server. */
  serveAt(url: string): void;
}

/**
 * Opens the stores that the settings name for writing, and creates their place if there is none. `lock` must be the
 * lock of that place, and must outlive them. Rejects with a `StoreError` that says what to do if the place cannot be
 * used, or if another user may have made it.
 */
export async function openStores(
  settings: StoreSettings,
  lock: WriterLock,
  clock: Clock = systemClock,
): Promise<Stores> {
  const backend = backendFor(settings);
  if (lock.store !== backend.name)
    throw new Error(`the lock of ${lock.store} does not lock ${backend.name}`);
  const { database, sharing } = await orStoreError(backend, () =>
    backend.openToWrite(lock, (opened) => migrate(opened, backend)),
  );
  const lastPasses = () => orStoreError(backend, () => readLastPasses(database));
  if (sharing) return { ...sharedStores(backend, database, sharing, clock), lastPasses };
  const open = (workspace: string): Promise<Store> =>
    orStoreError(backend, async () =>
      storeOver({
        database,
        workspace: await addWorkspace(database, workspace),
        changeToken: () => backend.changeToken(database),
      }),
    );
  return {
    of: open,
    whenFree: open,
    visit: open,
    lastPasses,
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}

/** The stores in a database that several processes share. */
function sharedStores(
  backend: Backend,
  database: Database,
  sharing: Sharing,
  clock: Clock,
): Omit<Stores, 'lastPasses'> {
  const { leases } = sharing;
  const keeper = createLeaseKeeper(leases, clock);
  const open = async (lease: HeldLease): Promise<Store> => {
    const { workspace } = lease.row;
    try {
      const store = await storeOver({
        database: sharing.forHolder(lease.row),
        workspace,
        lease,
        changeToken: () => sharing.changeToken(workspace),
        markChanged: (transaction, id) => sharing.markChanged(transaction, id),
      });
      return { ...store, [Symbol.asyncDispose]: () => keeper.handOver(lease) };
    } catch (error) {
      await keeper.handOver(lease);
      throw error;
    }
  };
  const idOf = (name: string): Promise<number> => addWorkspace(database, name);
  return {
    of: (name) =>
      orStoreError(backend, async () => {
        const id = await idOf(name);
        const lease = await keeper.take(id);
        if (lease) return await open(lease);
        throw new HeldError((await leases.holderOf(id))?.heldBy ?? 'another process');
      }),
    async whenFree(name, signal) {
      const id = await orStoreError(backend, () => idOf(name));
      const lease = await keeper.whenFree(id, signal);
      return await orStoreError(backend, () => open(lease));
    },
    visit: (name) =>
      orStoreError(backend, async () => {
        const workspace = await idOf(name);
        return await storeOver({
          database: sharing.forVisitor(workspace),
          workspace,
          changeToken: () => backend.changeToken(database),
        });
      }),
    replicas: {
      havePassed: () => orStoreError(backend, () => hasPasses(database)),
      holderOf: (name) => orStoreError(backend, async () => leases.holderOf(await idOf(name))),
      serveAt: (url) => void (leases.url = url),
    },
    async [Symbol.asyncDispose]() {
      await keeper[Symbol.asyncDispose]();
      await database.destroy();
    },
  };
}

/** Opens the store of one workspace, like `Stores.of`, or like `Stores.visit`. */
export async function openStore(
  settings: StoreSettings,
  lock: WriterLock,
  workspace: string,
  how: 'of' | 'visit' = 'of',
): Promise<Store> {
  await using stack = new AsyncDisposableStack();
  const stores = stack.use(await openStores(settings, lock));
  const store = stack.use(await stores[how](workspace));
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
        : await storeOver({
            database,
            workspace: id,
            changeToken: () => from.changeToken(database),
          });
    const opened = stack.move();
    return { ...store, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  });
}

/** An empty store of a workspace, for one that its place does not have. */
async function storeInMemory(stack: AsyncDisposableStack, workspace: string): Promise<Store> {
  const { backend, open } = inMemory;
  const database = await open((opened) => migrate(opened, backend));
  stack.defer(() => database.destroy());
  return await storeOver({
    database,
    workspace: await addWorkspace(database, workspace),
    changeToken: () => backend.changeToken(database),
  });
}

/** Awaits `work`. Rejects with a `StoreError` whatever fails. */
async function orStoreError<Value>(backend: Backend, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const storeError = backend.storeErrorOf(error);
    if (storeError instanceof StoreError || storeError instanceof HeldError) throw storeError;
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(`the store ${backend.name} cannot be used: ${why}`, { cause: error });
  }
}
