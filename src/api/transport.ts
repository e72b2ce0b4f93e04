import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError, type Got } from 'got';
import { readAnswer, readBreak } from './answer.ts';
import type { Answer, Failure } from './failure.ts';
import { follow } from './follow.ts';
import { addressOf, type Request } from './request.ts';

export interface TransportOptions {
  /** From `checkBase`. */
  readonly base: string;
  readonly key: string;
  readonly userAgent: string;
  /** Milliseconds for one attempt, from its start to the last byte of the answer. */
  readonly timeout: number;
  /** How many connections may be open. */
  readonly connections: number;
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
        const pending = http(addressOf(options.base, request), contentOf(request, scope.signal));
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
        if (error instanceof RequestError) return readBreak(error, options.base);
        throw error;
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Got with everything of its own turned off that would send, wait or follow behind the throttle's back. */
function createHttp({ base, key, userAgent, timeout, connections }: TransportOptions) {
  const pool = { keepAlive: true, maxSockets: connections };
  const agent = base.startsWith('https:')
    ? { https: new HttpsAgent(pool) }
    : { http: new HttpAgent(pool) };
  const connect = Math.min(timeout, longestConnect);
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
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      'user-agent': userAgent,
    },
  }) as Got<{ responseType: 'buffer' }>;
  return { http, agent: agent.https ?? agent.http };
}

/** An empty body labelled JSON is refused (FACTS 1.9), so there is either both, body and label, or neither. */
const contentOf = ({ method, json }: Request, signal: AbortSignal) => ({
  method,
  signal,
  ...(json && { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
});
