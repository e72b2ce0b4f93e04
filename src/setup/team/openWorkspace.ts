import { createHash } from 'node:crypto';
import { createApi, type ApiOptions, type Client } from '../../api/client.ts';
import { systemClock } from '../../model/time/clock.ts';
import type { EndedRequest } from '../../model/api.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import type { Settings, StoreSettings } from '../../model/settings.ts';
import { createPassCache } from '../../reconcile/passCache.ts';
import type { Workspace } from '../../reconcile/workspace.ts';
import { createSecretReaders } from '../../secrets/read.ts';
import type { WriterLock } from '../../store/backend.ts';
import { HeldError } from '../../model/lease.ts';
import type { Store } from '../../model/store.ts';
import { lockStore, openStores, readStore, type Stores } from '../../store/open.ts';
import { UserError, workspaceOf, type Context } from '../context.ts';
import { createThrottleKeeper, type ThrottleKeeper } from './throttleKeeper.ts';
import { apiTarget, orUserError, type Target } from './apiTarget.ts';

/** The team that a command works on, and what it may do. */
export interface ConnectOptions {
  /** The file of the embedded simulated team; undefined: the real team. */
  readonly simulate: string | undefined;
  /** Open the store without writing to it. */
  readonly readOnly: boolean;
  /** Assign the store to the team of the key, even if it belongs to another team. */
  readonly acceptTeam?: boolean;
  /** The store of the workspace, opened for writing. Default: that of the settings is opened. */
  readonly store?: Store;
  /** Called after every request to the API. */
  readonly onRequest?: (request: EndedRequest) => void;
}

/** An open workspace, connected to its team and its store. */
export interface OpenWorkspace extends Workspace, AsyncDisposable {
  /** Refuses new requests, and resolves when the writes in flight have ended. */
  drain(): Promise<void>;
  /** The current limit of the throttle, in requests per second. */
  rateLimit(): number;
  /** Reads the API key again from its file. Never rejects. */
  reloadKey(): Promise<void>;
}

/**
 * Opens the workspace that the settings describe. Disposing of it closes everything it opened. Rejects with a
 * `UserError` if the store is held, or the key or the address cannot be used.
 */
export async function openWorkspace(
  context: Context,
  catalog: Catalog,
  settings: Settings,
  { simulate, readOnly, acceptTeam = false, store: given, onRequest }: ConnectOptions,
): Promise<OpenWorkspace> {
  await using stack = new AsyncDisposableStack();
  const name = workspaceOf(context);
  const stores =
    given || readOnly
      ? undefined
      : stack.use(await openStoresWhenFree(context, settings, { simulate }));
  const target = await targetOf(context, settings, simulate, stack);
  const store =
    given ??
    stack.use(
      await (stores
        ? openNow(stores, name)
        : readStore(storeSettingsFor(settings.store, simulate), name)),
    );
  const memory = await store.throttleMemory();
  const keeper = stack.use(createThrottleKeeper(store, memory, context.log));
  const api = stack.use(
    connect({
      memory,
      ...(readOnly ? {} : { onLearnt: keeper.save }),
      ...target,
      throttle: settings.throttle,
      requests: settings.requests,
      log: context.log,
      tracer: context.tracer,
      lease: store.lease,
      ...(onRequest ? { onRequest } : {}),
    }),
  );
  const opened = stack.move();
  return {
    name,
    catalog,
    api,
    store: readOnly ? store : withMemoryOf(api, store, keeper),
    usage: () => api.usage(),
    throttle: () => api.throttle(),
    drain: () => api.drain(),
    rateLimit: () => api.throttle().rate,
    reloadKey: () => api.reloadKey(),
    cache: createPassCache(),
    tracer: context.tracer,
    clock: systemClock,
    random: Math.random,
    acceptTeam,
    secretReader: createSecretReaders(context.env, systemClock),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Opens the store of a workspace for writing. Rejects with a `UserError` if another process writes to it. */
async function openNow(stores: Stores, workspace: string): Promise<Store> {
  try {
    return await stores.of(workspace);
  } catch (error) {
    if (!(error instanceof HeldError)) throw error;
    throw heldError(error.message);
  }
}

/** The error of a command that would write, and must not. `why`: who writes. */
const heldError = (why: string): UserError =>
  new UserError(`nothing was done: ${why}; stop that first (plan, drift and status only read)`);

/** The store, which with each pass also keeps what the client has learnt about the limits of the API. */
const withMemoryOf = (
  api: Pick<Client, 'memory'>,
  store: Store,
  keeper: ThrottleKeeper,
): Store => ({
  ...store,
  recordPass(...args) {
    keeper.save(api.memory());
    return store.recordPass(...args);
  },
});

/** Creates a client of the API. Throws a `UserError` if the address or the key cannot be used. */
export const connect = (options: ApiOptions): Client => orUserError(() => createApi(options));

/** The interval between attempts to lock a held store, in milliseconds. */
const retryMs = 1000;

/**
 * Opens the stores of the settings for writing, as soon as no other process writes to them. Disposing of them releases
 * the lock. Rejects with a `UserError` if they are held, and `wait` is not given.
 */
export async function openStoresWhenFree(
  context: Context,
  settings: Pick<Settings, 'store'>,
  { simulate, ...waiting }: Waiting & { readonly simulate: string | undefined },
): Promise<Stores> {
  const storeSettings = storeSettingsFor(settings.store, simulate);
  await using stack = new AsyncDisposableStack();
  const lock = stack.use(await writerLock(context, storeSettings, waiting));
  const stores = stack.use(await openStores(storeSettings, lock));
  const opened = stack.move();
  return { ...stores, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** What to do while another process writes. */
export interface Waiting {
  /** Wait until this is aborted. Without it, held stores are an error. */
  readonly wait?: AbortSignal;
  /** Called with the holder of the stores when waiting begins, and when the holder changes. */
  readonly onHeld?: (heldBy: string) => Promise<void>;
}

/** Takes the writer's lock: two writers with one store would each create what is missing. */
async function writerLock(
  { log }: Context,
  store: StoreSettings,
  { wait, onHeld }: Waiting,
): Promise<WriterLock> {
  let lastHolder: string | undefined;
  for (;;) {
    const lock = await lockStore(store, systemClock.now(), log);
    if (!('heldBy' in lock)) return lock;
    if (!wait) throw heldError(`${lock.heldBy} writes to this store`);
    const { heldBy } = lock;
    if (heldBy !== lastHolder) {
      log.warn({ heldBy }, 'another process writes to this store; waiting');
      await onHeld?.(heldBy);
    }
    lastHolder = heldBy;
    await systemClock.sleep(retryMs, wait);
  }
}

/** The target of a command: the real API, or the embedded simulator, which is never reached through a proxy. */
async function targetOf(
  context: Context,
  settings: Settings,
  simulate: string | undefined,
  stack: AsyncDisposableStack,
): Promise<Target> {
  const { log, workspace } = context;
  const { jobTime } = context.options;
  if (simulate === undefined) {
    if (jobTime === undefined) return apiTarget(context, settings);
    throw new UserError(
      '--job-time applies to simulated teams only; add --simulate, or leave it out',
    );
  }
  const { openSimulator } = await import('./openSimulator.ts');
  const stateFile = workspace ? teamFileOf(simulate, workspace.name) : simulate;
  const options = {
    stateFile,
    record: false,
    ...(workspace ? { seed: seedOf(workspace.name) } : {}),
  };
  const simulator = stack.use(
    await openSimulator(jobTime === undefined ? options : { ...options, jobTime }),
  );
  log.debug({ url: simulator.url, file: stateFile }, 'simulated team opened');
  return { url: simulator.url, key: 'simulated' };
}

/** The seed of the ids of a simulated team: two workspaces have different teams. */
const seedOf = (workspace: string): number =>
  createHash('sha256').update(workspace).digest().readUInt32BE();

/** The file of the simulated team of one of several workspaces. */
const teamFileOf = (simulate: string, workspace: string): string =>
  simulate.replace(/(\.json)?$/, `.${workspace}.json`);

/**
 * The store of a command. A simulated team has its own, beside its file: its records say nothing about another team.
 */
export const storeSettingsFor = (
  store: StoreSettings,
  simulate: string | undefined,
): StoreSettings =>
  simulate === undefined
    ? store
    : { type: 'sqlite', path: simulate.replace(/(\.json)?$/, '.db'), simulated: true };
