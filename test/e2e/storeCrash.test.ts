import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { readStore } from '../../src/store/open.ts';
import { place, type Env, type Place } from './holdfast.ts';

/** One write at a time, so that the nth is always the same. A lost create is looked for immediately. */
const settings = `settings:
  visibility: 100ms
  throttle: { requestsPerSecond: 1000, burst: 1000, concurrency: 1 }
  limits: { updates: 100%, deletions: 100%, deletionsPerDay: 100 }
`;

const before = `
privateNetworks: { old: { region: ny2 }, lost: { region: ny2 } }
startupScripts: { s: { script: echo one, assignedMachines: [] } }
`;

/** Every kind of record that a store writes: adopted, gone, created, changed, deleted, and secrets. */
const after = `
privateNetworks: { adopted: { region: ny2 }, made: { region: ny2 } }
startupScripts: { s: { script: echo two, assignedMachines: [] } }
projects: { p: { secrets: { TOKEN: { env: TOKEN } } } }
absent: { privateNetworks: [old] }
`;

const preload = pathToFileURL(join(import.meta.dirname, 'killAfterWrite.ts')).href;

const envOf = ({ url }: Simulator): Env => ({
  PAPERSPACE_API_URL: `${url}/v1`,
  PAPERSPACE_API_KEY: 'k',
  TOKEN: 'secret',
});

/** The team and the store before the run that is killed, to be copied. */
async function prepared(base: Place): Promise<void> {
  await base.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': before });
  await using simulator = await startSimulator({ stateFile: join(base.path, 'team.json') });
  expect(await base.run(['apply', '--yes'], envOf(simulator))).toMatchObject({ code: 0 });
  const { privateNetworks } = simulator.world;
  const [lost] = [...privateNetworks].filter(({ name }) => name === 'lost');
  const headers = { authorization: 'Bearer k', 'content-type': 'application/json' };
  const networks = `${simulator.url}/v1/private-networks`;
  await fetch(`${networks}/${lost?.id}`, { method: 'DELETE', headers });
  const body = JSON.stringify({ name: 'adopted', region: 'ny2' });
  const answer = await fetch(networks, { method: 'POST', headers, body });
  expect(answer.status, await answer.text()).toBe(200);
  await base.write({ 'config/team.yaml': after });
}

async function converge(here: Place, env: Env): Promise<void> {
  for (let run = 0; run < 6; run += 1) {
    const { code, stdout, stderr } = await here.run(['apply', '--yes'], env);
    if (code === 0) return;
    if (code !== 3) throw new Error(`apply ended with ${code}:\n${stdout}\n${stderr}`);
  }
  throw new Error('apply did not converge');
}

const names = (rows: Iterable<{ readonly name: string; readonly dtDeleted?: number | null }>) =>
  [...rows]
    .filter(({ dtDeleted }) => !dtDeleted)
    .map(({ name }) => name)
    .toSorted();

/** The store's records about the team. */
async function remembered(here: Place) {
  await using store = await readStore(
    { type: 'sqlite', path: join(here.path, '.holdfast/state.db') },
    'default',
  );
  const { bindings, intents, digests } = await store.memory(new Date());
  return {
    bindings: [...bindings.keys()].toSorted(),
    intents: intents.size,
    digests: [...digests.keys()].toSorted(),
  };
}

/** Kills apply after its nth write to the store, and runs it again. Resolves to whether there was an nth write. */
async function killedAfter(n: number, base: Place): Promise<boolean> {
  await using here = await place();
  await cp(base.path, here.path, { recursive: true });
  await using simulator = await startSimulator({ stateFile: join(here.path, 'team.json') });
  const env = envOf(simulator);
  const killing = { ...env, NODE_OPTIONS: `--import=${preload}`, KILL_AFTER_WRITE: String(n) };
  const { code, stderr } = await here.run(['apply', '--yes'], killing);
  if (code === 0) return false;
  if (code !== null) throw new Error(`apply ended with ${code}:\n${stderr}`);
  await converge(here, env);
  const { world } = simulator;
  const because = `killed after write ${n}`;
  expect(names(world.privateNetworks), because).toEqual(['adopted', 'made']);
  expect(names(world.projects), because).toEqual(['p']);
  expect([...world.startupScripts], because).toMatchObject([{ name: 's', script: 'echo two' }]);
  expect(await remembered(here), because).toEqual({
    bindings: ['privateNetworks/adopted', 'privateNetworks/made', 'projects/p', 'startupScripts/s'],
    intents: 0,
    digests: ['projects/p', 'startupScripts/s'],
  });
  const plan = await here.run(['plan'], env);
  expect(plan, `${because}: ${plan.stdout}`).toMatchObject({ code: 0 });
  return true;
}

test('killed after any write to its store, the next run converges, and nothing is created twice', async () => {
  await using base = await place();
  await prepared(base);
  let next = 1;
  let points = 0;
  const work = async (): Promise<void> => {
    while (await killedAfter(next++, base)) points += 1;
  };
  await Promise.all([work(), work(), work()]);
  expect(points).toBeGreaterThanOrEqual(14);
}, 240_000);
