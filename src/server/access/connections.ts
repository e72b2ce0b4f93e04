import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The limits of a server's connections. */
export interface Bounds {
  /**
   * The number of open connections: fewer than the open files that a process is allowed, of which passes need some too.
   */
  readonly connections: number;
  /** The number of slow responses: each is in memory until the client has read it. */
  readonly slowAnswers: number;
  /** The time after which a response is slow, in milliseconds. */
  readonly slowMs: number;
}

export const defaultBounds: Bounds = { connections: 128, slowAnswers: 16, slowMs: 2000 };

/** The use of a connection. */
interface Use {
  readonly for: 'nothing' | 'answer' | 'events';
  /** In milliseconds, by `performance.now()`. */
  readonly since: number;
}

type Uses = Map<Socket, Use>;

/**
 * Limits the connections of a server. A connection beyond the limit replaces the one that has been idle longest, else
 * the one with the slowest response, but never a stream of events. So a client that holds connections open keeps nobody
 * out.
 */
export function boundConnections(server: Server, bounds = defaultBounds): void {
  const uses: Uses = new Map();
  server.on('connection', (socket: Socket) => {
    use(uses, socket, 'nothing');
    socket.once('close', () => uses.delete(socket));
    if (uses.size > bounds.connections)
      (longest(uses, 'nothing')[0] ?? longest(uses, 'answer')[0])?.destroy();
  });
  server.prependListener(
    'request',
    ({ socket, url }: IncomingMessage, response: ServerResponse) => {
      use(uses, socket, url?.startsWith('/api/v1/events') ? 'events' : 'answer');
      dropSlowest(uses, bounds);
      response.once('close', () => {
        if (uses.has(socket)) use(uses, socket, 'nothing');
      });
    },
  );
}

/** Records the use of a connection. Deleting it first moves it to the end of the map, which is ordered by insertion. */
function use(uses: Uses, socket: Socket, purpose: Use['for']): void {
  uses.delete(socket);
  uses.set(socket, { for: purpose, since: performance.now() });
}

/** The connections with a use since before `before`, the longest first. */
const longest = (uses: Uses, purpose: Use['for'], before = Infinity): readonly Socket[] =>
  [...uses].flatMap(([socket, { for: currentPurpose, since }]) =>
    currentPurpose === purpose && since < before && !socket.destroyed ? [socket] : [],
  );

function dropSlowest(uses: Uses, { slowAnswers, slowMs }: Bounds): void {
  const slow = longest(uses, 'answer', performance.now() - slowMs);
  for (const socket of slow.slice(0, Math.max(0, slow.length - slowAnswers))) socket.destroy();
}
