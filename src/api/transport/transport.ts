import got, { RequestError, type Got } from 'got';
import { createAgent } from './agent.ts';
import { readAnswer, readBreak } from './response.ts';
import type { Answer, Failure } from '../requests/failure.ts';
import { follow } from '../linkedAbort.ts';
import type { Proxy } from './proxy.ts';
import { addressOf, type Request } from '../requests/request.ts';

export interface TransportOptions {
  /** From `checkBase`. */
  readonly base: string;
  /** Asked before each attempt. */
  readonly key: () => string;
  readonly userAgent: string;
  /** Milliseconds for one attempt, from its start to the last byte of the answer. */
  readonly timeout: number;
  /** How many connections may be open. */
  readonly connections: number;
  /** Where there is one, all requests go through it. */
  readonly proxy?: Proxy | undefined;
  /** Told the API's own time, to the second, with every answer that gives it. */
  readonly onDate?: (date: Date) => void;
}

/** One attempt over HTTP/1.1. It never rejects for what the network or the API does, and never follows a redirect. */
export interface Transport extends Disposable {
  exchange(request: Request): Promise<Answer | Failure>;
}

/** Milliseconds that finding the address, connecting and the TLS handshake may each take. */
const longestConnect = 10_000;

/** The most bytes of an answer that are read, after decompression. A page of 120 machines has about 80 kB. */
const longestBody = 64 * 1024 * 1024;

const tooLarge: Failure = {
  sort: 'unusable',
  reason: `more than ${longestBody / 1024 / 1024} MB`,
  lasting: true,
};

/** Connections are kept alive: one for each request that the throttle lets through. */
export function createTransport(options: TransportOptions): Transport {
  const { http, agent } = createHttp(options);
  return {
    async exchange(request) {
      using scope = follow(request.signal);
      try {
        const content = contentOf(request, options.key(), scope.signal);
        const pending = http(addressOf(options.base, request), content);
        void pending.on('downloadProgress', ({ transferred, total = 0 }) => {
          if (Math.max(transferred, total) > longestBody) scope.abort();
        });
        const received = await pending;
        const date = new Date(received.headers.date ?? Number.NaN);
        if (!Number.isNaN(date.getTime())) options.onDate?.(date);
        return readAnswer(request, received);
      } catch (error) {
        if (request.signal?.aborted) return { sort: 'stopped' };
        if (scope.signal.aborted) return tooLarge;
        if (error instanceof RequestError) return readBreak(error, options);
        throw error;
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Got with everything of its own turned off that would send, wait or follow behind the throttle's back. */
function createHttp({ base, userAgent, timeout, connections, proxy }: TransportOptions) {
  const connect = Math.min(timeout, longestConnect);
  const agent = createAgent({ base, connections, connectTimeout: connect, proxy });
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

/** An empty body labelled JSON is refused (FACTS 1.9), so there is either both, body and label, or neither. */
const contentOf = ({ method, json }: Request, key: string, signal: AbortSignal) => ({
  method,
  signal,
  headers: {
    authorization: `Bearer ${key}`,
    ...(json && { 'content-type': 'application/json' }),
  },
  ...(json && { body: JSON.stringify(json) }),
});
