import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError } from 'got';
import { isLoopback } from '../model/loopback.ts';
import type { Delivery, Post } from './sink.ts';

/** Milliseconds for one request, as Standard Webhooks recommends. */
const timeoutMs = 20_000;

/** The longest pause that a receiver may ask for, in milliseconds. */
const longestPauseMs = 60 * 60_000;

/**
 * Makes the function that sends notifications over HTTP, through the proxy that the environment names. `stop`: gives up
 * a request in flight.
 */
export function createPost(
  env: Readonly<Record<string, string | undefined>>,
  stop: AbortSignal,
): Post {
  const proxied = {
    http: new HttpAgent({ proxyEnv: env }),
    https: new HttpsAgent({ proxyEnv: env }),
  };
  return async (url, { body, headers = {} }) => {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (!target || !/^https?:$/.test(target.protocol))
      return { result: 'retry', reason: 'its URL is not a URL with https or http' };
    try {
      const stream = got.stream.post(target, {
        body,
        headers: { 'content-type': 'application/json', 'user-agent': 'holdfast', ...headers },
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        timeout: { request: timeoutMs },
        signal: stop,
        ...(isLoopback(target.hostname) ? {} : { agent: proxied }),
      });
      const answer = (await once(stream, 'response')) as [Answer];
      // The status says everything. A body is not read: it could be large, or contain what must not be shown.
      stream.on('error', () => undefined).destroy();
      return judged(answer[0]);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { result: 'retry', reason: `the request failed (${error.code})` };
    }
  };
}

interface Answer {
  readonly statusCode: number;
  readonly headers: { readonly 'retry-after'?: string | undefined };
}

function judged({ statusCode, headers }: Answer): Delivery {
  if (statusCode >= 200 && statusCode < 300) return { result: 'delivered' };
  const reason = `it answered with status ${statusCode}`;
  if (statusCode === 410) return { result: 'gone', reason };
  const seconds = Number(headers['retry-after']);
  return seconds > 0
    ? { result: 'retry', reason, afterMs: Math.min(seconds * 1000, longestPauseMs) }
    : { result: 'retry', reason };
}
