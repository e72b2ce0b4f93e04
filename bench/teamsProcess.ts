import { createServer } from 'node:http';
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

const server = createServer((incoming, outgoing) => {
  requests += 1;
  const { method, url = '', headers } = incoming;
  if (method !== 'GET') return void outgoing.writeHead(500).end();
  const key = headers.authorization?.replace('Bearer ', '') ?? '';
  const answer = known.get(url) ?? answerTo(url);
  known.set(url, answer);
  void answer.then((text) => {
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.end(text.replaceAll(session.team.id, `te-${key}`));
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
process.on('message', () => process.send?.({ requests }));
process.on('disconnect', () => process.exit(0));
