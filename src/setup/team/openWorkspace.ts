import { createApi, type ApiOptions, type Client } from '../../api/client.ts';
import { proxyFor } from '../../api/transport/proxy.ts';
import { checkKey } from '../../api/requests/request.ts';
import { systemClock } from '../../model/time/clock.ts';
import { readBounded } from '../../model/files/readBounded.ts';
import type { EndedRequest } from '../../model/api.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import type { Settings, StoreSettings } from '../../model/settings.ts';
import { createPassCache } from '../../reconcile/passCache.ts';
import type { Workspace } from '../../reconcile/workspace.ts';
import { createSecretReaders } from '../../secrets/read.ts';
import type { WriterLock } from '../../store/backend.ts';
import { lockStore, openStore, readStore } from '../../store/open.ts';
import { UserError, type Context } from '../context.ts';

/** The URL of the API if `PAPERSPACE_API_URL` is not set. */
const defaultUrl = 'https://api.paperspace.com/v1';

/** The team that a command works on, and what it may do. */
export interface ConnectOptions {
  /** The file of the embedded simulated team; undefined: the real team. */
  readonly simulate: string | undefined;
  /** Open the store without writing to it. */
  readonly readOnly: boolean;
  /** Assign the store to the team of the key, even if it belongs to another team. */
  readonly acceptTeam?: boolean;
  /** Wait while another process writes to the store, until this is aborted. Without it, a held store is an error. */
  readonly wait?: AbortSignal;
  /** Called with the holder of the store when waiting begins, and when the holder changes. */
  readonly onHeld?: (heldBy: string) => Promise<void>;
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
  { simulate, readOnly, acceptTeam = false, wait, onHeld, onRequest }: ConnectOptions,
): Promise<OpenWorkspace> {
  await using stack = new AsyncDisposableStack();
  const storeSettings = storeSettingsFor(settings.store, simulate);
  const lock = readOnly
    ? undefined
    : stack.use(await writerLock(context, storeSettings, { wait, onHeld }));
  const target = await targetOf(context, simulate, stack);
  const store = stack.use(await (lock ? openStore(storeSettings, lock) : readStore(storeSettings)));
  const api = stack.use(
    connect({
      ...target,
      throttle: settings.throttle,
      requests: settings.requests,
      log: context.log,
      tracer: context.tracer,
      ...(onRequest ? { onRequest } : {}),
    }),
  );
  const opened = stack.move();
  return {
    name: 'default',
    catalog,
    api,
    store,
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

/** Creates a client of the API. Throws a `UserError` if the address or the key cannot be used. */
export const connect = (options: ApiOptions): Client => orUserError(() => createApi(options));

function orUserError<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The interval between attempts to lock a held store, in milliseconds. */
const retryMs = 1000;

/** Takes the writer's lock: two writers with one store would each create what is missing. */
async function writerLock(
  { log }: Context,
  store: StoreSettings,
  {
    wait,
    onHeld,
  }: { wait?: AbortSignal | undefined; onHeld?: ConnectOptions['onHeld'] | undefined },
): Promise<WriterLock> {
  let lastHolder: string | undefined;
  for (;;) {
    const lock = await lockStore(store, systemClock.now(), log);
    if (!('heldBy' in lock)) return lock;
    if (!wait)
      throw new UserError(
        `nothing was done: ${lock.heldBy} writes to this store; stop that first (plan, drift and status only read)`,
      );
    const { heldBy } = lock;
    if (heldBy !== lastHolder) {
      log.warn({ heldBy }, 'another process writes to this store; waiting');
      await onHeld?.(heldBy);
    }
    lastHolder = heldBy;
    await systemClock.sleep(retryMs, wait);
  }
}

/** The URL of the API, the way to reach it, and the key. */
export type Target = Pick<ApiOptions, 'url' | 'allowHttp' | 'proxy' | 'key' | 'readKey'>;

/** The target of a command: the real API, or the embedded simulator, which is never reached through a proxy. */
async function targetOf(
  { env, log, options: { jobTime } }: Context,
  simulate: string | undefined,
  stack: AsyncDisposableStack,
): Promise<Target> {
  if (simulate === undefined) {
    if (jobTime === undefined) return apiTarget(env);
    throw new UserError(
      '--job-time applies to simulated teams only; add --simulate, or leave it out',
    );
  }
  const { openSimulator } = await import('./openSimulator.ts');
  const options = { stateFile: simulate, record: false };
  const simulator = stack.use(
    await openSimulator(jobTime === undefined ? options : { ...options, jobTime }),
  );
  log.debug({ url: simulator.url, file: simulate }, 'simulated team opened');
  return { url: simulator.url, key: 'simulated' };
}

/**
 * The real API, as the environment describes it. Rejects with a `UserError` if there is no key, or a value cannot be
 * used.
 */
export async function apiTarget(env: Context['env']): Promise<Target> {
  const url = env['PAPERSPACE_API_URL'] || defaultUrl;
  return {
    url,
    allowHttp: env['PAPERSPACE_ALLOW_HTTP'] === '1',
    proxy: orUserError(() => proxyFor(url, env)),
    key: await readApiKey(env),
    readKey: () => readApiKey(env),
  };
}

/** A key has about 30 characters. */
const maxKeyBytes = 4096;

/**
 * The API key, from the environment or from the file that it names. Rejects with a `UserError` that names both
 * variables.
 */
export async function readApiKey(env: Context['env']): Promise<string> {
  const { PAPERSPACE_API_KEY: key, PAPERSPACE_API_KEY_FILE: file } = env;
  if (key) return orUserError(() => checkKey(key.trim()));
  if (!file)
    throw new UserError(
      'there is no API key: set PAPERSPACE_API_KEY or PAPERSPACE_API_KEY_FILE, or try the embedded team with --simulate',
    );
  const keyFileError = (problem: string): UserError =>
    new UserError(
      `PAPERSPACE_API_KEY_FILE: ${file} ${problem}; it must hold the API key and nothing else`,
    );
  const bytes = await readBounded(file, { maxBytes: maxKeyBytes }).catch((error: Error) => {
    throw keyFileError(error.message);
  });
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') throw keyFileError('is empty');
  return orUserError(() => checkKey(text, `PAPERSPACE_API_KEY_FILE: ${file}`));
}

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
