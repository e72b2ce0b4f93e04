/**
 * The client of the Paperspace API: options in, an `Api` out. A call goes through calls.ts (reader, pages), requests/
 * (attempts, retries, verdicts), throttle/ (rate, queue), and transport/ (HTTP). paging.ts and pageCache.ts walk lists,
 * and keys.ts holds the API key.
 */

import { setMaxListeners } from 'node:events';
import type { Api, EndedRequest, ThrottleMemory, ThrottleState, Usage } from '../model/api.ts';
import { systemClock, type Clock } from '../model/time/clock.ts';
import { endlessLease, type Lease } from '../model/lease.ts';
import { silentLog, type Log } from '../model/log.ts';
import { noTracer, type Tracer } from '../model/tracer.ts';
import { createCalls } from './calls.ts';
import { createKeys } from './keys.ts';
import { secretsOf, type Proxy } from './transport/proxy.ts';
import { checkBase } from './requests/request.ts';
import { createSender } from './requests/send.ts';
import { createThrottle, type ThrottleOptions } from './throttle/throttle.ts';
import { createTransport, type Transport } from './transport/transport.ts';

/** The options of `createApi`. */
export interface ApiOptions {
  /** The base URL of the API: `https://api.paperspace.com/v1`. */
  readonly url: string;
  /** Whether the key may be sent over plain HTTP to a host other than loopback. Default: false. */
  readonly allowHttp?: boolean;
  /** The API key. */
  readonly key: string;
  /** Reads the key again after the API rejected it (401), and for `reloadKey`. Default: the key never changes. */
  readonly readKey?: () => Promise<string>;
  /** From `proxyFor`. Default: none. */
  readonly proxy?: Proxy | undefined;
  readonly throttle: ThrottleOptions;
  readonly requests: {
    /** Milliseconds for one attempt, without the wait for the throttle. */
    readonly timeout: number;
    /**
     * How often a request may be repeated: a read, or a write that the API certainly rejected for now or never
     * received.
     */
    readonly retries: number;
  };
  /** Default: `holdfast`. */
  readonly userAgent?: string;
  /** Logs every attempt at `debug`, and a pause that the API asks for at `warn`. Default: no log. */
  readonly log?: Pick<Log, 'debug' | 'warn'>;
  /** Records every attempt. Default: none is recorded. */
  readonly tracer?: Tracer;
  /** Called with every attempt that was sent, when it has ended. */
  readonly onRequest?: (request: EndedRequest) => void;
  /** What an earlier process has learnt about the limits of the API. Default: nothing. */
  readonly memory?: ThrottleMemory | undefined;
  /** Called with all that is known of the limits when the rate was decreased, or the API has asked for a pause. */
  readonly onLearnt?: (memory: ThrottleMemory) => void;
  /** Returns a number in [0, 1) that spreads the pauses between attempts. Default: `Math.random`. */
  readonly random?: () => number;
  /** The clock of pauses and of the throttle. HTTP timeouts use the machine's own timers. Default: the system's. */
  readonly clock?: Clock;
  /**
   * Replaces HTTP, for tests without a network. The client disposes of it. It is then itself responsible for address,
   * key, and timeout.
   */
  readonly transport?: Transport;
  /** Aborting it has the effect of `drain`. */
  readonly signal?: AbortSignal;
  /** The right to write to the team: once it has ended, nothing is sent, and requests in flight are aborted. */
  readonly lease?: Lease;
}

/** The Paperspace API over HTTP. Disposing of it drains it and closes its connections. */
export interface Client extends Api, AsyncDisposable {
  /** Returns the counters of the requests so far. */
  usage(): Usage;
  /** Returns the present state of the throttle. */
  throttle(): ThrottleState;
  /** Returns what is known of the limits of the API, for the next process. */
  memory(): ThrottleMemory;
  /**
   * Returns by how many milliseconds this machine's clock is ahead of the API's, accurate to a second; undefined before
   * the first answer.
   */
  clockSkew(): number | undefined;
  /** Reads the key again. If it cannot be read or is invalid, logs that and keeps the present one; never rejects. */
  reloadKey(): Promise<void>;
  /**
   * Ends all requests: queued ones are not sent and reads are aborted, all as `unavailable`. Resolves when the writes
   * in flight have ended; their answers still count.
   */
  drain(): Promise<void>;
}

/**
 * Creates a client. Sends nothing. Throws an `Error` with a message for the user if the URL or the key is invalid.
 *
 *     await using api = createApi({ url, key, throttle, requests: { timeout: 30_000, retries: 3 } });
 */
export function createApi(options: ApiOptions): Client {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  if (options.lease) setMaxListeners(0, options.lease.ended);
  const { throttle, transport, sender, memory, keys, clockSkew } = assemble(
    options,
    closing.signal,
  );
  const drain = async (): Promise<void> => {
    closing.abort();
    await throttle.stop();
  };
  const stop = (): void => void drain();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  return {
    ...createCalls(sender.send, () => keys.current(), closing.signal),
    usage: () => ({ ...sender.sent(), waitedMs: throttle.waitedMs() }),
    throttle: () => throttle.state(),
    memory,
    clockSkew,
    reloadKey: () => keys.reload(),
    drain,
    async [Symbol.asyncDispose]() {
      options.signal?.removeEventListener('abort', stop);
      await drain();
      transport[Symbol.dispose]();
    },
  };
}

function assemble(options: ApiOptions, closing: AbortSignal) {
  const { requests, clock = systemClock, random = Math.random, log = silentLog } = options;
  const { proxy, readKey, tracer = noTracer, lease = endlessLease } = options;
  const keys = createKeys({ key: options.key, readKey, log });
  const learnt = (): void => options.onLearnt?.(memory());
  const throttle = createThrottle(options.throttle, clock, {
    memory: options.memory,
    onLowered: learnt,
  });
  let skew: number | undefined;
  const base = options.transport ? options.url : checkBase(options.url, options.allowHttp);
  const overHttp = (): Transport =>
    createTransport({
      onDate: (date) => {
        skew = clock.now().getTime() - date.getTime();
      },
      base,
      key: () => keys.current(),
      proxy,
      userAgent: options.userAgent ?? 'holdfast',
      timeout: requests.timeout,
      connections: options.throttle.concurrency,
      lease,
    });
  const transport = options.transport ?? overHttp();
  const { retries, timeout } = requests;
  const { onRequest } = options;
  const secrets = (): readonly string[] => [...keys.all(), ...(proxy ? secretsOf(proxy) : [])];
  const senderOptions = {
    transport,
    base,
    tracer,
    throttle,
    timeout,
    retries,
    keys,
    secrets,
    clock,
    random,
    log,
    onRequest,
    lease,
    pause: options.memory?.pause ?? null,
    onPause: learnt,
    closing,
  };
  const sender = createSender(senderOptions);
  const memory = (): ThrottleMemory => ({
    at: clock.now().getTime(),
    limit: throttle.limit(),
    pause: sender.pause(),
  });
  return { throttle, transport, sender, memory, keys, clockSkew: () => skew };
}
