import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Names } from './address.ts';
import { boundConnections } from './connections.ts';
import { refusalOf, type Refusal } from './refuse.ts';
import { silentRequestLog, type RequestLog } from './requestLog.ts';

/** A listening server; disposing of it closes its connections. */
export interface Listening extends AsyncDisposable {
  readonly url: string;
}

export interface ListenOptions extends Names {
  /** 0 takes a free one. */
  readonly port: number;
  readonly log?: RequestLog;
}

/** What holds before any token is looked at, in milliseconds and bytes. */
const bounds = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
};

/** How long a connection may be silent in both directions; a stream of events sends something every 15 seconds. */
const silenceMs = 60_000;

/** Serves the app. Rejects, with Node's error, when the address cannot be had. */
export async function listen(app: Hono, options: ListenOptions): Promise<Listening> {
  const { host, port, log = silentRequestLog } = options;
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(bounds, (request, response) => {
    const refusal = refusalOf(request, options);
    if (hasBody(request)) response.shouldKeepAlive = false;
    if (!refusal) return void answer(request, response);
    if (refusal.message) log.refused(request, refusal.message, refusal.fields);
    return refuse(response, refusal);
  });
  server.setTimeout(silenceMs);
  boundConnections(server);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: urlOf(server.address() as AddressInfo),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** What is left of a body is not read once the answer has gone, so nothing else can follow on that connection. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function refuse(response: ServerResponse, { status, error }: Refusal): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(JSON.stringify({ error }));
}

const urlOf = ({ family, address, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
