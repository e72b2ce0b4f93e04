import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** The network between a replica and a server. While it is cut, what has been sent waits, or is lost with its sender. */
export interface Link extends AsyncDisposable {
  readonly port: number;
  cut(): void;
  heal(): void;
}

/** A gate through which work goes as soon as it is open. */
function gate() {
  let open = true;
  const waiting = new Set<() => void>();
  return {
    isOpen: () => open,
    cut: () => void (open = false),
    heal() {
      open = true;
      for (const go of waiting) go();
      waiting.clear();
    },
    /** Calls `go` now, or when the network is healed. Returns a function that gives up. */
    through(go: () => void): () => void {
      if (open) go();
      else waiting.add(go);
      return () => void waiting.delete(go);
    },
  };
}

/** A link to an HTTP server. `onRequest` is called when a request arrives there. */
export async function httpLink(
  urlOf: (incoming: IncomingMessage) => string | undefined,
  onRequest: (incoming: IncomingMessage, body: string) => void,
): Promise<Link> {
  const network = gate();
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = [];
    let giveUp = (): void => undefined;
    // Whoever has gone away sends and receives nothing more.
    outgoing.on('close', () => giveUp());
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      giveUp = network.through(() => {
        const url = urlOf(incoming);
        if (url === undefined) return void outgoing.writeHead(401).end('{}');
        const body = Buffer.concat(chunks);
        onRequest(incoming, body.toString());
        const { method, headers } = incoming;
        const onward = send(url + (incoming.url ?? ''), { method, headers }, (answer) => {
          giveUp = network.through(() => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(outgoing);
          });
        });
        onward.on('error', () => outgoing.destroy());
        onward.end(body);
      });
    });
  });
  // A replica that was frozen finds its connections open, and could send at once.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => network.cut(),
    heal: () => network.heal(),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * A link to a TCP server, such as a database, which may move to another port. `onRelayed` is called with what has been
 * handed on, who had sent it, and the connection.
 */
export async function tcpLink(
  port: number | (() => number),
  onRelayed: (chunk: Buffer, from: 'client' | 'server', connection: object) => void = () =>
    undefined,
): Promise<Link> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let open = true;
  const server = createTcpServer((near) => {
    const far = connect(typeof port === 'number' ? port : port(), '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = (): void => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    const relay = (from: 'client' | 'server', to: Socket) => (chunk: Buffer) => {
      if (!open) return;
      to.write(chunk);
      onRelayed(chunk, from, pair);
    };
    near.on('data', relay('client', far));
    far.on('data', relay('server', near));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    // What is sent meanwhile is lost, so the connections of that time are of no use afterwards.
    cut: () => void (open = false),
    heal() {
      open = true;
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
      await once(server, 'close');
    },
  };
}
