import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface Bounds {
  /** How many are open at once: fewer than the files that a process may have open, of which passes need some too. */
  readonly connections: number;
  /** How many answers may be on their way for longer than it takes to read one: each is in memory until it has been read. */
  readonly slowAnswers: number;
  /** How long it takes to read an answer, in milliseconds. */
  readonly slowMs: number;
}

export const defaultBounds: Bounds = { connections: 128, slowAnswers: 16, slowMs: 2000 };

/** What a connection is used for, and since when. */
interface Use {
  readonly for: 'nothing' | 'answer' | 'events';
  readonly since: number;
}

type Uses = Map<Socket, Use>;

/**
 * Keeps a server to so many connections. A new one takes the place of the one that has waited longest for a request or its end; of the slowest answer
 * where there is none, but not of a stream of events. So whoever holds connections open keeps nobody out.
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

/** Entries of a map stand in the order in which they were added, so what is used anew goes to its end. */
function use(uses: Uses, socket: Socket, purpose: Use['for']): void {
  uses.delete(socket);
  uses.set(socket, { for: purpose, since: performance.now() });
}

/** The connections that are used for something, the longest first. */
const longest = (uses: Uses, purpose: Use['for'], before = Infinity): readonly Socket[] =>
  [...uses].flatMap(([socket, { for: own, since }]) =>
    own === purpose && since < before && !socket.destroyed ? [socket] : [],
  );

function dropSlowest(uses: Uses, { slowAnswers, slowMs }: Bounds): void {
  const slow = longest(uses, 'answer', performance.now() - slowMs);
  for (const socket of slow.slice(0, Math.max(0, slow.length - slowAnswers))) socket.destroy();
}
