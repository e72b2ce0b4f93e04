import { setMaxListeners } from 'node:events';
import type { Api, EndedRequest, ThrottleState, Usage } from '../model/api.ts';
import { systemClock, type Clock } from '../model/time/clock.ts';
import { silentLog, type Log } from '../model/log.ts';
import { createCalls } from './calls.ts';
import { createKeys } from './keys.ts';
import { secretsOf, type Proxy } from './transport/proxy.ts';
import { checkBase } from './requests/request.ts';
import { createSender } from './requests/send.ts';
import { createThrottle, type ThrottleOptions } from './throttle/throttle.ts';
import { createTransport, type Transport } from './transport/transport.ts';

export interface ApiOptions {
  /** The API's address with its base path: `https://api.paperspace.com/v1`. */
  readonly url: string;
  /** Whether the key may be sent over plain HTTP to another host than loopback. Default: no. */
  readonly allowHttp?: boolean;
  readonly key: string;
  /** Reads the key again, after the API refused it (401) and for `reloadKey`. Default: the key stays. */
  readonly readKey?: () => Promise<string>;
  /** From `proxyFor`. Default: none. */
  readonly proxy?: Proxy | undefined;
  readonly throttle: ThrottleOptions;
  readonly requests: {
    /** Milliseconds for one attempt; waiting for the throttle does not count. */
    readonly timeout: number;
    /** How often a request may be repeated: a read, and a write that the API certainly did not take. */
    readonly retries: number;
  };
  /** Default: `holdfast`. */
  readonly userAgent?: string;
  /** Every attempt at `debug`, a pause that the API asks for at `warn`. Default: nowhere. */
  readonly log?: Pick<Log, 'debug' | 'warn'>;
  /** Told of every attempt that was sent, when it has ended. */
  readonly onRequest?: (request: EndedRequest) => void;
  /** In [0, 1): spreads the pauses between attempts. */
  readonly random?: () => number;
  /** For pauses and the throttle. Time-outs of HTTP go by the machine's own timers. */
  readonly clock?: Clock;
  /** In place of HTTP, for worlds without a network; the client disposes of it. Address, key and time-out are then its own matter. */
  readonly transport?: Transport;
  /** Aborting it does what `drain` does. */
  readonly signal?: AbortSignal;
}

/** The Paperspace API over HTTP. Disposing of it drains it and closes its connections. */
export interface Client extends Api, AsyncDisposable {
  usage(): Usage;
  throttle(): ThrottleState;
  /** Milliseconds by which this machine's clock is ahead of the API's, good to a second; undefined before the first answer. */
  clockSkew(): number | undefined;
  /** Reads the key again. One that cannot be read or used is reported, and the present one stays: it never rejects. */
  reloadKey(): Promise<void>;
  /**
   * From now on every request is `unavailable`: what waits is not sent, reads are cut off. Ends when the writes in flight
   * have ended, whose answers still count.
   */
  drain(): Promise<void>;
}

/** Throws an `Error` in words for the user when the address or the key cannot be used. By itself it sends nothing. */
export function createApi(options: ApiOptions): Client {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const { throttle, transport, sender, keys, clockSkew } = assemble(options, closing.signal);
  const drain = async (): Promise<void> => {
    closing.abort();
    await throttle.stop();
  };
  const stop = (): void => void drain();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  return {
    ...createCalls(sender.send, closing.signal),
    usage: () => ({ ...sender.sent(), waitedMs: throttle.waitedMs() }),
    throttle: () => throttle.state(),
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
  const { proxy, readKey } = options;
  const keys = createKeys({ key: options.key, readKey, log });
  const throttle = createThrottle(options.throttle, clock);
  let skew: number | undefined;
  const overHttp = (): Transport =>
    createTransport({
      onDate: (date) => {
        skew = clock.now().getTime() - date.getTime();
      },
      base: checkBase(options.url, options.allowHttp),
      key: () => keys.current(),
      proxy,
      userAgent: options.userAgent ?? 'holdfast',
      timeout: requests.timeout,
      connections: options.throttle.concurrency,
    });
  const transport = options.transport ?? overHttp();
  const { retries, timeout } = requests;
  const { onRequest } = options;
  const secrets = (): readonly string[] => [...keys.all(), ...(proxy ? secretsOf(proxy) : [])];
  const own = {
    transport,
    throttle,
    timeout,
    retries,
    keys,
    secrets,
    clock,
    random,
    log,
    onRequest,
    closing,
  };
  const sender = createSender(own);
  return { throttle, transport, sender, keys, clockSkew: () => skew };
}
