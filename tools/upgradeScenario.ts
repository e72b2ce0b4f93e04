// The team whose store and reports are the fixtures of test/fixtures/upgrade. An earlier version of Holdfast works on
// it with its own simulator, until it has left something in every table that its store has.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The checkout of a version, and what it has. */
export interface Version {
  /** The directory of the checkout, with its packages. */
  readonly tree: string;
  /** The number of its newest migration. */
  readonly schema: number;
}

/** What the scenario uses of the simulators of all versions. */
interface Simulator extends AsyncDisposable {
  readonly url: string;
  fault(fault: object): void;
  onExchange(
    listener: (exchange: { readonly method: string; readonly path: string }) => void,
  ): void;
}

const token = 'a-token-for-fixtures';
const address = '127.0.0.1:18743';

/** The settings. `deletions`: the limit of deletions in one pass. No process listens at the address of the sink. */
const settings = (schema: number, deletions: string): string =>
  [
    'settings:',
    '  mode: enforce',
    '  schedule: null',
    `  limits: { updates: 100%, deletions: ${deletions}, deletionsPerDay: 5 }`,
    ...(schema < 4 ? [] : ['  notify: [{ webhook: { url: "http://127.0.0.1:9/hook" } }]']),
    '',
  ].join('\n');

interface Team {
  readonly schema: number;
  /** After the first pass: what is then changed, removed, and refused. */
  readonly changed: boolean;
  /** In the last pass: a create whose answer is lost, and a deletion that is over the limit. */
  readonly crashing: boolean;
}

const team = ({ schema, changed, crashing }: Team): string =>
  [
    'privateNetworks:',
    '  research: { region: ny2 }',
    'startupScripts:',
    '  install: { script: "#!/bin/sh\\ntrue\\n", assignedMachines: [trainer] }',
    'machines:',
    '  trainer: &machine',
    '    machineType: C5',
    '    template: { os: Ubuntu 22.04 }',
    '    region: ny2',
    '    diskSize: 50',
    '    network: research',
    ...(schema < 2 ? [] : ['    accessors: [grace@example.com]']),
    '  resized:',
    '    <<: *machine',
    '    state: running',
    '    lifecycle: { allowStop: true }',
    ...(changed ? ['    diskSize: 100'] : []),
    `  refused: { <<: *machine, autoSnapshotEnabled: ${changed} }`,
    `  fixed: { <<: *machine${changed ? ', template: { os: Ubuntu 20.04 }' : ''} }`,
    '  suspended: { <<: *machine }',
    ...(schema < 9
      ? []
      : ['  night: { <<: *machine, state: { running: "Sun 03:00-03:01", timezone: UTC } }']),
    ...(changed && schema >= 2 ? ['  rare: { <<: *machine, machineType: H100 }'] : []),
    ...(crashing ? ['  lost: { <<: *machine }'] : ['  held: { <<: *machine }']),
    ...(changed
      ? ['absent:', `  machines: [${crashing ? 'held' : 'doomed'}]`]
      : ['  doomed: { <<: *machine }', '  orphaned: { <<: *machine }']),
    '',
  ].join('\n');

/**
 * Runs the scenario in a directory: afterwards it has the last config, the store and the reports in `.holdfast/`, and
 * `team.json`, the state of the simulator. Rejects if a command of the version does not end as expected.
 */
export async function runScenario(version: Version, directory: string): Promise<void> {
  const { schema } = version;
  const write = async (deletions: string, config: Omit<Team, 'schema'>): Promise<void> => {
    await writeFile(join(directory, 'config/holdfast.yaml'), settings(schema, deletions));
    await writeFile(join(directory, 'config/team.yaml'), team({ schema, ...config }));
  };
  await mkdir(join(directory, 'config'));
  await using simulator = await openSimulator(version, directory);
  const env = {
    PATH: process.env['PATH'],
    PAPERSPACE_API_URL: `${simulator.url}/v1`,
    PAPERSPACE_API_KEY: 'k',
    HOLDFAST_TOKEN: token,
    HOLDFAST_SERVER_LISTEN: address,
    HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
    HOLDFAST_THROTTLE_BURST: '1000',
  };
  const program = { ...version, directory, env };
  await write('100%', { changed: false, crashing: false });
  await apply(program, 0);
  await armFaults(simulator);
  await write('100%', { changed: true, crashing: false });
  await apply(program, 1);
  await crash(program, simulator, () => write('0', { changed: true, crashing: true }));
}

async function openSimulator({ tree }: Version, directory: string): Promise<Simulator> {
  const { startSimulator } = (await import(join(tree, 'src/simulator/simulator.ts'))) as {
    startSimulator: (options: object) => Promise<Simulator>;
  };
  const brief = { queue: 1, create: 20, boot: 20, start: 20, stop: 20, delete: 20, upgrade: 20 };
  return startSimulator({
    stateFile: join(directory, 'team.json'),
    durations: brief,
    capacity: { 'H100@ny2': 0 },
  });
}

/** The updates of one machine are refused, and another one does not start after its update. */
async function armFaults(simulator: Simulator): Promise<void> {
  const idOf = await idsOf(simulator);
  const forever = { times: Infinity };
  simulator.fault({
    ...forever,
    method: 'PUT',
    path: `/machines/${idOf('refused')}`,
    kind: { status: 400 },
  });
  simulator.fault({
    ...forever,
    path: `/machines/${idOf('resized')}/start`,
    kind: { status: 500 },
  });
}

async function idsOf({ url }: Simulator): Promise<(name: string) => string> {
  const answer = await fetch(`${url}/v1/machines`, { headers: { authorization: 'Bearer k' } });
  const { items } = (await answer.json()) as {
    readonly items: readonly { readonly id: string; readonly name: string }[];
  };
  return (name) => items.find((machine) => machine.name === name)?.id ?? '';
}

interface Program extends Version {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
}

const nodeOf = ({ tree }: Version): string => join(tree, 'node_modules/.bin/node');
const mainOf = ({ tree }: Version): string => join(tree, 'src/main.ts');

/** Runs one pass, which must end with this exit code. */
async function apply(program: Program, expected: number): Promise<void> {
  const { directory: cwd, env } = program;
  const args = [mainOf(program), 'apply', '--yes'];
  const ended = await promisify(execFile)(nodeOf(program), args, { cwd, env }).catch(
    (error: { readonly code: unknown; readonly stdout: string; readonly stderr: string }) => error,
  );
  const code = 'code' in ended ? ended.code : 0;
  if (code !== expected)
    throw new Error(`apply ended with ${String(code)}:\n${ended.stdout}\n${ended.stderr}`);
}

/**
 * A daemon suspends and wakes a machine, and gets an approval. It is killed when the create that `change` declares has
 * been carried out, before its answer. The first version has no daemon that runs: there it is one pass.
 */
async function crash(
  program: Program,
  simulator: Simulator,
  change: () => Promise<void>,
): Promise<void> {
  const { schema } = program;
  if (schema < 2) {
    await change();
    const created = createWithoutAnswer(simulator);
    await using _ = start(program, 'apply', '--yes');
    return await created;
  }
  await using _ = start(program, 'run');
  await until(async () => (await call('GET', '/readyz')) === 200);
  await expect202('machines/suspended/suspend', { reason: 'a test' });
  const later = new Date(Date.now() + 4 * 3_600_000).toISOString();
  if (schema >= 9) await expect202('machines/night/wake', { until: later });
  const created = createWithoutAnswer(simulator);
  await change();
  await created;
  await approve();
}

/** Starts a command. Disposing of it kills it. */
function start(program: Program, ...args: readonly string[]): AsyncDisposable {
  const { directory: cwd, env } = program;
  const child = spawn(nodeOf(program), [mainOf(program), ...args], { cwd, env, stdio: 'ignore' });
  const exited = once(child, 'exit');
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Lets the next create of a machine happen without an answer. Resolves when it has happened. */
function createWithoutAnswer(simulator: Simulator): Promise<void> {
  simulator.fault({ method: 'POST', path: '/machines', kind: 'hang-after' });
  return new Promise((resolve) => {
    simulator.onExchange(({ method, path }) => {
      if (method === 'POST' && path.endsWith('/machines')) resolve();
    });
  });
}

const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

/** Sends a request to the daemon. Resolves to the status; 0 if there is no answer. */
async function call(method: string, path: string, body?: object): Promise<number> {
  const request = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  const answer = await fetch(`http://${address}${path}`, request).catch(() => undefined);
  await answer?.text();
  return answer?.status ?? 0;
}

async function expect202(path: string, body: object): Promise<void> {
  const status = await call('POST', `/api/v1/resources/${path}`, body);
  if (status !== 202) throw new Error(`${path}: ${status}`);
}

const read = async (path: string): Promise<unknown> =>
  (await fetch(`http://${address}${path}`, { headers })).json();

/** Approves the last plan. */
async function approve(): Promise<void> {
  const { items } = (await read('/api/v1/passes?limit=1')) as {
    readonly items: readonly { readonly pass: string }[];
  };
  const pass = items[0]?.pass ?? '';
  const { digest } = (await read(`/api/v1/passes/${pass}`)) as { readonly digest: string };
  const status = await call('POST', `/api/v1/passes/${pass}/approve`, { digest });
  if (status !== 202) throw new Error(`approve: ${status}`);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the daemon did not become ready within a minute');
}
