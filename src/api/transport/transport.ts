/**
 * The transport: one request in, an answer or a failure out. agent.ts makes the connections, proxy.ts selects the
 * proxy, and response.ts reads what comes back with json.ts.
 */

import got, { RequestError, type Got } from 'got';
import { createAgent } from './agent.ts';
import { readResponse, readBreak } from './response.ts';
import type { Answer, Failure } from '../requests/failure.ts';
import { linkedAbort } from '../linkedAbort.ts';
import type { Lease } from '../../model/lease.ts';
import type { Proxy } from './proxy.ts';
import { addressOf, type Request } from '../requests/request.ts';

export interface TransportOptions {
  /** The base URL, as `checkBase` returns it. */
  readonly base: string;
  /** Returns the API key. Called before each attempt. */
  readonly key: () => string;
  readonly userAgent: string;
  /** Milliseconds for one attempt, from its start to the last byte of the answer. */
  readonly timeout: number;
  /** The number of connections that may be open. */
  readonly connections: number;
  /** The proxy for all requests. Default: none. */
  readonly proxy?: Proxy | undefined;
  /** When it ends, requests in flight are aborted, and nothing more is handed to a socket. */
  readonly lease: Lease;
  /** Called with the API's time, to the second, for every answer that has a Date header. */
  readonly onDate?: (date: Date) => void;
}

/** Sends one attempt over HTTP/1.1. Never rejects because of the network or the API, and never follows a redirect. */
export interface Transport extends Disposable {
  exchange(request: Request): Promise<Answer | Failure>;
}

/** Milliseconds for each of name resolution, connection, and TLS handshake. */
const maxConnectMs = 10_000;

/**
 * The greatest number of bytes that are read of an answer, after decompression. A page of 120 machines has about 80 kB.
 */
const maxBodyBytes = 64 * 1024 * 1024;

const tooLarge: Failure = {
  sort: 'unusable',
  reason: `more than ${maxBodyBytes / 1024 / 1024} MB`,
  lasting: true,
};

const leaseEnded: Failure = {
  sort: 'lost',
  reason: 'the right to write to the workspace ended before the answer came',
};

/** Creates the transport. Connections are kept alive, one for each request that the throttle lets run. */
export function createTransport(options: TransportOptions): Transport {
  const { http, agent } = createHttp(options);
  return {
    async exchange(request) {
      using scope = linkedAbort(request.signal, options.lease.ended);
      try {
        const content = contentOf(request, options.key(), scope.signal);
        const pending = http(addressOf(options.base, request), content);
        void pending.on('downloadProgress', ({ transferred, total = 0 }) => {
          if (Math.max(transferred, total) > maxBodyBytes) scope.abort();
        });
        const received = await pending;
        const date = new Date(received.headers.date ?? Number.NaN);
        if (!Number.isNaN(date.getTime())) options.onDate?.(date);
        return readResponse(request, received);
      } catch (error) {
        if (request.signal?.aborted) return { sort: 'stopped' };
        if (!options.lease.isHeld()) return leaseEnded;
        if (scope.signal.aborted) return tooLarge;
        if (error instanceof RequestError) return readBreak(error, options);
        throw error;
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Creates got without all of its features that would send, wait, or redirect outside the throttle. */
function createHttp({ base, userAgent, timeout, connections, proxy, lease }: TransportOptions) {
  const connect = Math.min(timeout, maxConnectMs);
  const maySend = (): boolean => lease.isHeld();
  const agent = createAgent({ base, connections, connectTimeout: connect, proxy, maySend });
  const http = got.extend({
    agent,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    responseType: 'buffer',
    timeout: {
      lookup: connect,
      connect,
      secureConnect: connect,
      response: timeout,
      request: timeout,
    },
    headers: { accept: 'application/json', 'user-agent': userAgent },
  }) as Got<{ responseType: 'buffer' }>;
  return { http, agent: 'https' in agent ? agent.https : agent.http };
}

/** The API refuses an empty body with a JSON content type (FACTS 1.9), so either both are sent or neither. */
const contentOf = ({ method, json }: Request, key: string, signal: AbortSignal) => ({
  method,
  signal,
  headers: {
    authorization: `Bearer ${key}`,
    ...(json && { 'content-type': 'application/json' }),
  },
  ...(json && { body: JSON.stringify(json) }),
});
