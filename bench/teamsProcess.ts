import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { seedMachines, startSimulator } from '../src/simulator/simulator.ts';

/**
 * Teams that look alike behind one address, in a process of its own: each API key has a team with N machines. What a
 * simulator answers to a GET is answered to each team, with an id of its own for the team. Sends its URL to the parent;
 * at each message it sends the number of requests so far.
 */
const simulator = await startSimulator({ record: false, maxMachines: 1_000_000 });
seedMachines(simulator.world, Number(process.argv[2]), { scripts: 0 });
const known = new Map<string, Promise<string>>();
let requests = 0;

const answerTo = async (path: string): Promise<string> => {
  const response = await fetch(simulator.url + path, { headers: { authorization: 'Bearer key' } });
  return await response.text();
};

const session = JSON.parse(await answerTo('/v1/auth/session')) as {
  readonly team: { readonly id: string };
};

async function serve({ method, url = '', headers }: IncomingMessage, outgoing: ServerResponse) {
  requests += 1;
  if (method !== 'GET') return void outgoing.writeHead(500).end();
  const key = headers.authorization?.replace('Bearer ', '') ?? '';
  const answer = known.get(url) ?? answerTo(url);
  known.set(url, answer);
  const text = (await answer).replaceAll(session.team.id, `te-${key}`);
  outgoing.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
process.on('message', () => process.send?.({ requests }));
process.on('disconnect', () => process.exit(0));
