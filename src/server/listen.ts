import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Names } from './access/address.ts';
import { boundConnections } from './access/connections.ts';
import { refusalOf, type Refusal } from './access/refuse.ts';
import { silentRequestLog, type RequestLog } from './requestLog.ts';

/** A listening server. Disposing of it closes its connections. */
export interface Listening extends AsyncDisposable {
  readonly url: string;
}

export interface ListenOptions extends Names {
  /** 0: any free port. */
  readonly port: number;
  readonly log?: RequestLog;
}

/** The limits of Node's server, which apply before any token is checked, in milliseconds and bytes. */
const bounds = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
};

/** How long a connection may be silent in both directions. A stream of events sends a comment every 15 seconds. */
const idleTimeoutMs = 60_000;

/** Serves the app. Rejects with Node's error if it cannot listen on the address. */
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
  server.setTimeout(idleTimeoutMs);
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

/**
 * Whether a request has a body. The rest of a body is not read after the response, so the connection cannot be reused.
 */
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
