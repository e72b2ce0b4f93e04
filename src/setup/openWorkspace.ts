import { createApi, type ApiOptions, type Client } from '../api/client.ts';
import { proxyFor } from '../api/transport/proxy.ts';
import { checkKey } from '../api/requests/request.ts';
import { systemClock } from '../model/time/clock.ts';
import { readBounded } from '../model/files/readBounded.ts';
import type { EndedRequest } from '../model/api.ts';
import type { Catalog } from '../model/kind.ts';
import type { Settings, StoreSettings } from '../model/settings.ts';
import type { Workspace } from '../reconcile/workspace.ts';
import { createSecretReader } from '../secrets/read.ts';
import { lockStore, type WriterLock } from '../store/lock.ts';
import { openStore } from '../store/open.ts';
import { UserError, type Context } from './context.ts';

/** Where the real API is, unless `PAPERSPACE_API_URL` says otherwise. */
const defaultUrl = 'https://api.paperspace.com/v1';

/** Which team a command works on, and how far it goes. */
export interface ConnectOptions {
  /** Take the embedded simulated team, kept in this file. */
  readonly simulate: string | undefined;
  /** Leave the store as it is. */
  readonly readOnly: boolean;
  /** Give the store to the team of the key, whichever it belongs to. */
  readonly acceptTeam?: boolean;
  /** Wait while another process writes with the store, until this is aborted; without it, that is an error. */
  readonly wait?: AbortSignal;
  /** Told who writes with the store, as soon as it has to be waited for. */
  readonly onHeld?: (heldBy: string) => Promise<void>;
  /** Told of every request to the API, when it has ended. */
  readonly onRequest?: (request: EndedRequest) => void;
}

/** A workspace that is open: its team can be reached, its store is at hand. */
export interface OpenWorkspace extends Workspace, AsyncDisposable {
  /** Refuses new requests, and resolves when the writes in flight have ended. */
  drain(): Promise<void>;
  /** Requests a second that the throttle allows now. */
  rateLimit(): number;
  /** Reads the API key again, from the file that holds it. Never rejects. */
  reloadKey(): Promise<void>;
}

/** Opens the workspace that the settings describe. Disposing of it closes what it opened. */
export async function openWorkspace(
  context: Context,
  catalog: Catalog,
  settings: Settings,
  { simulate, readOnly, acceptTeam = false, wait, onHeld, onRequest }: ConnectOptions,
): Promise<OpenWorkspace> {
  await using stack = new AsyncDisposableStack();
  if (!readOnly)
    stack.use(await writerLock(context, storeOf(settings.store, simulate), { wait, onHeld }));
  const target = await targetOf(context, simulate, stack);
  const store = stack.use(await openStore(storeOf(settings.store, simulate), readOnly));
  const api = stack.use(
    connect({
      ...target,
      throttle: settings.throttle,
      requests: settings.requests,
      log: context.log,
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
    clock: systemClock,
    random: Math.random,
    acceptTeam,
    readSecret: createSecretReader(context.env, systemClock),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A client of the API. An address or a key that cannot be used is the user's to mend. */
export const connect = (options: ApiOptions): Client => usable(() => createApi(options));

function usable<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** How often it is looked whether the store has become free. */
const lookAgainMs = 1000;

/** Two that write with one store would each create what is missing, so only one may. */
async function writerLock(
  { log }: Context,
  store: StoreSettings,
  {
    wait,
    onHeld,
  }: { wait?: AbortSignal | undefined; onHeld?: ConnectOptions['onHeld'] | undefined },
): Promise<WriterLock> {
  let told: string | undefined;
  for (;;) {
    const lock = await lockStore(store, systemClock.now(), log);
    if (!('heldBy' in lock)) return lock;
    if (!wait)
      throw new UserError(
        `nothing was done: ${lock.heldBy} writes with this store; stop that first (plan, drift and status only read)`,
      );
    const { heldBy } = lock;
    if (heldBy !== told) {
      log.warn({ heldBy }, 'another process writes with this store; waiting');
      await onHeld?.(heldBy);
    }
    told = heldBy;
    await systemClock.sleep(lookAgainMs, wait);
  }
}

/** Where the API is, how it is reached, and the key to it. */
export type Target = Pick<ApiOptions, 'url' | 'allowHttp' | 'proxy' | 'key' | 'readKey'>;

/** The team that a command works on: the real one, or the embedded one, which no proxy comes between. */
async function targetOf(
  { env, log, options: { jobTime } }: Context,
  simulate: string | undefined,
  stack: AsyncDisposableStack,
): Promise<Target> {
  if (simulate === undefined) {
    if (jobTime === undefined) return apiTarget(env);
    throw new UserError('--job-time is about a simulated team; add --simulate, or leave it out');
  }
  const { openSimulator } = await import('./openSimulator.ts');
  const options = { stateFile: simulate, record: false };
  const simulator = stack.use(
    await openSimulator(jobTime === undefined ? options : { ...options, jobTime }),
  );
  log.debug({ url: simulator.url, file: simulate }, 'simulated team opened');
  return { url: simulator.url, key: 'simulated' };
}

/** The real API, as the environment describes it. Rejects with a `UserError` when there is no key or what is set cannot be used. */
export async function apiTarget(env: Context['env']): Promise<Target> {
  const url = env['PAPERSPACE_API_URL'] || defaultUrl;
  return {
    url,
    allowHttp: env['PAPERSPACE_ALLOW_HTTP'] === '1',
    proxy: usable(() => proxyFor(url, env)),
    key: await keyOf(env),
    readKey: () => keyOf(env),
  };
}

/** Keys have some 30 characters. */
const maxKeyBytes = 4096;

/** The API key, from the environment or from the file that it names. Throws a `UserError` that says where it is looked for. */
export async function keyOf(env: Context['env']): Promise<string> {
  const { PAPERSPACE_API_KEY: key, PAPERSPACE_API_KEY_FILE: file } = env;
  if (key) return usable(() => checkKey(key.trim()));
  if (!file)
    throw new UserError(
      'there is no API key: set PAPERSPACE_API_KEY or PAPERSPACE_API_KEY_FILE, or try the embedded team with --simulate',
    );
  const wrong = (what: string): UserError =>
    new UserError(
      `PAPERSPACE_API_KEY_FILE: ${file} ${what}; it must hold the API key and nothing else`,
    );
  const bytes = await readBounded(file, { maxBytes: maxKeyBytes }).catch((error: Error) => {
    throw wrong(error.message);
  });
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') throw wrong('is empty');
  return usable(() => checkKey(text, `PAPERSPACE_API_KEY_FILE: ${file}`));
}

/** A simulated team has a store of its own beside its file: what was written to it says nothing of another team. */
export const storeOf = (store: StoreSettings, simulate: string | undefined): StoreSettings =>
  simulate === undefined
    ? store
    : { type: 'sqlite', path: simulate.replace(/(\.json)?$/, '.db'), simulated: true };
