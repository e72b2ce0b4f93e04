import { describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { place, type Place } from './holdfast.ts';

/** One write at a time, so that the nth is always the same. A lost create is looked for immediately. */
const settings = `settings:
  visibility: 100ms
  requests: { timeout: 3s }
  throttle: { requestsPerSecond: 1000, burst: 1000, concurrency: 1 }
  limits: { updates: 100%, deletions: 100%, deletionsPerDay: 100 }
`;

const machine = (over: string) =>
  `{ machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, network: n, ${over} }`;

const first = `
privateNetworks: { n: { region: ny2 } }
startupScripts:
  s: { script: echo one, isEnabled: true, assignedMachines: [a, b] }
  t: { script: echo two, assignedMachines: [] }
machines:
  a: ${machine('state: running')}
  b: ${machine('state: "off"')}
customTemplates: { image: { machine: b } }
`;

/** Other kinds of writes: a resize that needs a stop, a changed text, a member that moves. */
const second = `
privateNetworks: { n: { region: ny2 } }
startupScripts:
  s: { script: echo three, isEnabled: true, assignedMachines: [] }
  t: { script: echo two, assignedMachines: [a] }
machines:
  a: ${machine('state: running, autoShutdownEnabled: true, autoShutdownTimeout: 8, lifecycle: { allowStop: true }').replace('C5', 'C7')}
`;

const none = {
  queue: 0,
  create: 0,
  boot: 0,
  start: 0,
  stop: 0,
  delete: 0,
  upgrade: 0,
  template: 0,
};

const isWrite = ({ method }: { readonly method: string }): boolean => method !== 'GET';

/** Runs apply and kills it `before` or `after` its nth write happens. Resolves to whether there was an nth write. */
async function killedAt(
  n: number,
  when: 'before' | 'after',
  here: Place,
  simulator: Simulator,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const run = here.start(['apply', '--yes'], env);
  let seen = 0;
  let killed = false;
  const arm = (): void => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      simulator.fault({ method, kind: when === 'before' ? 'hang' : 'hang-after' });
  };
  if (n === 1) arm();
  simulator.onExchange((exchange) => {
    if (killed || !isWrite(exchange)) return;
    seen += 1;
    if (seen === n - 1) arm();
    if (exchange.status !== 0) return;
    killed = true;
    run.kill('SIGKILL');
  });
  await run.ended;
  simulator.clearFaults();
  return killed;
}

/** Applies until nothing is left to do. A lost create takes another run. */
async function converge(here: Place, env: Readonly<Record<string, string>>): Promise<void> {
  for (let run = 0; run < 6; run += 1) {
    const { code, stdout, stderr } = await here.run(['apply', '--yes'], env);
    if (code === 0) return;
    if (code !== 3) throw new Error(`apply ended with ${code}:\n${stdout}\n${stderr}`);
  }
  throw new Error('apply did not converge');
}

async function team(here: Place) {
  const simulator = await startSimulator({ durations: none });
  const env = { PAPERSPACE_API_URL: `${simulator.url}/v1`, PAPERSPACE_API_KEY: 'k' };
  await here.write({ 'config/holdfast.yaml': settings, 'config/team.yaml': first });
  return {
    simulator,
    env,
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  };
}

const names = (rows: Iterable<{ readonly name: string; readonly dtDeleted?: number | null }>) =>
  [...rows]
    .filter(({ dtDeleted }) => !dtDeleted)
    .map(({ name }) => name)
    .toSorted();

const live = ({ world }: Simulator) => ({
  networks: names(world.privateNetworks),
  scripts: names(world.startupScripts),
  machines: names(world.machines),
  templates: names(world.customTemplates),
});

const whens = ['before', 'after'] as const;

describe.concurrent('killed at any write, it converges when it runs again, and nothing is there twice', () => {
  test.each(whens)(
    'while it creates, %s the write happens',
    async (when) => {
      let points = 0;
      for (let n = 1; ; n += 1) {
        await using here = await place();
        await using it = await team(here);
        if (!(await killedAt(n, when, here, it.simulator, it.env))) break;
        points += 1;
        await converge(here, it.env);
        expect(live(it.simulator), `killed ${when} write ${n}`).toEqual({
          networks: ['n'],
          scripts: ['s', 't'],
          machines: ['a', 'b'],
          templates: ['image'],
        });
        const plan = await here.run(['plan'], it.env);
        expect(plan, `killed ${when} write ${n}: ${plan.stdout}`).toMatchObject({ code: 0 });
      }
      expect(points).toBe(7);
    },
    240_000,
  );

  test.each(whens)(
    'while it changes, %s the write happens',
    async (when) => {
      let points = 0;
      for (let n = 1; ; n += 1) {
        await using here = await place();
        await using it = await team(here);
        await converge(here, it.env);
        await here.write({ 'config/team.yaml': second });
        if (!(await killedAt(n, when, here, it.simulator, it.env))) break;
        points += 1;
        await converge(here, it.env);
        const [a] = [...it.simulator.world.machines].filter(({ name }) => name === 'a');
        const [t] = [...it.simulator.world.startupScripts].filter(({ name }) => name === 't');
        const [s] = [...it.simulator.world.startupScripts].filter(({ name }) => name === 's');
        expect(a, `killed ${when} write ${n}`).toMatchObject({
          machineType: 'C7',
          state: 'ready',
          autoShutdownEnabled: true,
          autoShutdownTimeout: 8,
        });
        expect(t?.assignedMachineIds, `killed ${when} write ${n}`).toEqual([a?.id]);
        expect(s).toMatchObject({ script: 'echo three', assignedMachineIds: [] });
      }
      expect(points).toBeGreaterThanOrEqual(6);
    },
    240_000,
  );
});
