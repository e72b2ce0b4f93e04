import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many connections are open at once: fewer than the files that a process may have open, of which passes need some too. */
export const mostConnections = 128;

/**
 * Keeps a server to so many connections. A new one takes the place of the oldest that waits for a request or its end; of the oldest answer where there
 * is none, but not of a stream of events. So whoever holds connections open keeps nobody out.
 */
export function boundConnections(server: Server, most = mostConnections): void {
  const uses = new Map<Socket, Use>();
  server.on('connection', (socket: Socket) => {
    uses.set(socket, 'idle');
    socket.once('close', () => uses.delete(socket));
    if (uses.size > most) leastNeeded(uses)?.destroy();
  });
  server.prependListener(
    'request',
    ({ socket, url }: IncomingMessage, response: ServerResponse) => {
      uses.set(socket, url?.startsWith(streams) ? 'stream' : 'answer');
      response.once('close', () => {
        if (uses.has(socket)) uses.set(socket, 'idle');
      });
    },
  );
}

/** What a connection is used for. */
type Use = 'idle' | 'answer' | 'stream';

const streams = '/api/v1/events';

/** Sockets stand in the order in which they came. */
function leastNeeded(uses: ReadonlyMap<Socket, Use>): Socket | undefined {
  const open = [...uses].filter(([socket]) => !socket.destroyed);
  const oldest = (use: Use): Socket | undefined => open.find(([, one]) => one === use)?.[0];
  return oldest('idle') ?? oldest('answer');
}
