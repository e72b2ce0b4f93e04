import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The proxy's behaviour for a CONNECT. `refuse` is the status line and headers of its answer. */
export type OnConnect =
  | 'tunnel'
  | 'silence'
  | 'cut'
  | 'tunnel to nowhere'
  | { readonly refuse: string };

export interface TestProxy extends AsyncDisposable {
  readonly url: string;
  /** All CONNECTs and all requests with an absolute URL, in order. */
  readonly seen: readonly Pick<IncomingMessage, 'method' | 'url' | 'headers'>[];
  /** Returns the bytes that were sent to the API through tunnels. */
  readonly tunnelled: () => string;
  onConnect: OnConnect;
}

/** Starts a forward proxy on loopback. It answers requests with an absolute URL itself, with that URL. */
export async function startProxy(at = '127.0.0.1'): Promise<TestProxy> {
  const seen: IncomingMessage[] = [];
  const sockets = new Set<Duplex>();
  const bytes: Buffer[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ asked: request.url }));
  });
  const proxy = {
    url: '',
    seen,
    tunnelled: () => Buffer.concat(bytes).toString('latin1'),
    onConnect: 'tunnel' as OnConnect,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    seen.push(request);
    sockets.add(client.on('error', () => undefined));
    const { onConnect } = proxy;
    if (onConnect === 'silence') return;
    if (onConnect === 'cut') return void client.destroy();
    if (typeof onConnect === 'object')
      return void client.end(`HTTP/1.1 ${onConnect.refuse}\r\n\r\n<h1>No</h1>`);
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    if (onConnect === 'tunnel') tunnel(client, request.url ?? '');
  });
  const tunnel = (client: Duplex, target: string): void => {
    const [host, port] = target.split(':');
    const api = connect(Number(port), host);
    sockets.add(api.on('error', () => client.destroy()));
    client.on('data', (chunk: Buffer) => bytes.push(chunk)).pipe(api);
    api.pipe(client);
    api.once('close', () => client.destroy());
  };
  server.listen(0, at);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  proxy.url = `http://${at.includes(':') ? `[${at}]` : at}:${port}`;
  return proxy;
}
