import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';

/** Simulated teams behind one address, which the API key selects. */
export interface Teams extends AsyncDisposable {
  /** The address of the API. */
  readonly url: string;
  readonly simulators: Readonly<Record<string, Simulator>>;
}

/** The names of the networks of a team. */
export const namesIn = (teams: Teams, key: string): readonly string[] =>
  [...(teams.simulators[key]?.world.privateNetworks ?? [])].map(({ name }) => name).toSorted();

/**
 * Starts a simulated team for each key. The key `hangs` gets no answer to any request, and `storm` always 429; any
 * other gets 401.
 */
export async function startTeams(...keys: readonly string[]): Promise<Teams> {
  await using stack = new AsyncDisposableStack();
  const simulators: Record<string, Simulator> = {};
  for (const [index, key] of keys.entries())
    simulators[key] = stack.use(await startSimulator({ jobTime: 0, seed: index + 1 }));
  const server = createServer((incoming, outgoing) => {
    const [, key = ''] = /^Bearer (.*)$/.exec(incoming.headers.authorization ?? '') ?? [];
    const simulator = simulators[key];
    if (simulator) forward(incoming, outgoing, simulator.url);
    else if (key !== 'hangs') outgoing.writeHead(key === 'storm' ? 429 : 401).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const opened = stack.move();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    simulators,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, url: string): void {
  const { method, headers } = incoming;
  const onward = send(url + (incoming.url ?? ''), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
