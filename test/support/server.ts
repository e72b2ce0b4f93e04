import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A received request. */
export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The answer: a value is sent as JSON with status 200, and a function writes the response itself. */
export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | ((response: ServerResponse) => void);

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** All complete requests, in order. */
  readonly seen: readonly Seen[];
  /** Resolves when this number of requests have arrived and `reply` was called for them. */
  arrived(count: number): Promise<void>;
}

/**
 * Starts a server on loopback that answers the n-th request (from 0) with `reply`. Its disposal closes open
 * connections.
 */
export async function serve(
  reply: (request: Seen, index: number) => Reply,
  tls?: { readonly key: string; readonly cert: string },
): Promise<TestServer> {
  const seen: Seen[] = [];
  const waiting = new Set<() => void>();
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const arrival = { method, url, headers, body: await text(request) };
    const index = seen.push(arrival) - 1;
    answer(response, reply(arrival, index));
    for (const look of waiting) look();
  };
  const server: Server = tls
    ? createTlsServer(tls, (request, response) => void listener(request, response))
    : createServer((request, response) => void listener(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    arrived: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (seen.length >= count) resolve(void waiting.delete(look));
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, reply: Reply): void {
  if (typeof reply === 'function') return reply(response);
  const { status = 200, headers = {}, json, text: body } = reply;
  response.writeHead(status, {
    'content-type': body === undefined ? 'application/json' : 'text/html',
    ...headers,
  });
  response.end(body ?? JSON.stringify(json));
}

/** Forwards a request to another server with another key, and changes the body of the answer. */
export const passedOn =
  (request: Seen, server: string, change = (body: string): string => body): Reply =>
  (response) =>
    void passOn(request, server, change, response);

async function passOn(
  { method, url, headers, body }: Seen,
  server: string,
  change: (body: string) => string,
  response: ServerResponse,
): Promise<void> {
  const reply = await fetch(server + url, {
    method,
    headers: { authorization: 'Bearer any', 'content-type': headers['content-type'] ?? '' },
    ...(body === '' ? {} : { body }),
  });
  const content = change(await reply.text());
  response.writeHead(reply.status, { 'content-type': 'application/json' }).end(content);
}
