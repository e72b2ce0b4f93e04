import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { startSimulator, seedMachines } from '../src/simulator/simulator.ts';
import { startPostgres } from '../test/support/postgresServer.ts';
import { build } from './built.ts';
import { memorySettings, nodeArguments } from './image.ts';
import { asYaml } from './team.ts';

/**
 * `npm run bench:replicas -- --workspaces N --machines M --replicas R --minutes T`: runs R replicas of the built
 * program over N workspaces of M machines each that stay in sync, with a pass every five minutes, and prints what that
 * costs in T minutes after all workspaces have had their first pass.
 */
const { values } = parseArgs({
  options: {
    workspaces: { type: 'string', default: '1000' },
    machines: { type: 'string', default: '100' },
    replicas: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
  },
});
const [workspaces, machines, replicas, minutes] = [
  values.workspaces,
  values.machines,
  values.replicas,
  values.minutes,
].map(Number) as [number, number, number, number];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await using stack = new AsyncDisposableStack();
const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
stack.defer(() => rm(directory, { recursive: true, force: true }));
const database = stack.use(await startPostgres());
const program = stack.use(build());
const teams = fork(join(import.meta.dirname, 'teamsProcess.ts'), [String(machines)]);
stack.defer(() => teams.disconnect());
const [{ url }] = (await once(teams, 'message')) as [{ url: string }];

const requestsSoFar = async (): Promise<number> => {
  teams.send('count');
  const [{ requests }] = (await once(teams, 'message')) as [{ requests: number }];
  return requests;
};

async function writeConfig(): Promise<void> {
  await using simulator = await startSimulator({ maxMachines: 1_000_000 });
  seedMachines(simulator.world, machines, { scripts: 0 });
  const [team = ''] = asYaml(simulator.world, 1);
  const config = join(directory, 'config');
  await mkdir(join(directory, 'keys'));
  for (let n = 0; n < workspaces; n += 1) {
    const name = `team-${String(n).padStart(4, '0')}`;
    await mkdir(join(config, 'teams', name), { recursive: true });
    await writeFile(join(config, 'teams', name, 'team.yaml'), team);
    await writeFile(join(directory, 'keys', name), name);
  }
  await writeFile(
    join(config, 'holdfast.yaml'),
    `settings:
  workspaces: teams/*
  mode: enforce
  schedule: "*/5 * * * *"
  apiKey: { file: "../keys/{workspace}" }
`,
  );
}
await writeConfig();

const client = new Client(database.url);
await client.connect();
stack.defer(() => client.end());

const start = (): ChildProcess => {
  const child = spawn(process.execPath, [...nodeArguments, program.main, 'run'], {
    cwd: directory,
    stdio: 'ignore',
    env: {
      ...process.env,
      ...memorySettings,
      PAPERSPACE_API_URL: `${url}/v1`,
      HOLDFAST_STORE: database.url,
      HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
      HOLDFAST_REPORTS_KEEP: '5',
    },
  });
  stack.defer(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return child;
};

/** Processor seconds, and memory in megabytes: in use and at its peak. */
async function usageOf({ pid }: ChildProcess) {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return {
    seconds: (Number(fields[11]) + Number(fields[12])) / 100,
    used: kilobytes('VmRSS') / 1024,
    peak: kilobytes('VmHWM') / 1024,
  };
}

async function rowsOf<Row extends object>(text: string): Promise<readonly Row[]> {
  return (await client.query<Row>(text)).rows;
}

const transactions = async (): Promise<number> => {
  const [row] = await rowsOf<{ count: string }>(
    'select sum(xact_commit) as count from pg_stat_database where datname = current_database()',
  );
  return Number(row?.count);
};

const began = performance.now();
const running: ChildProcess[] = [];
for (let n = 0; n < replicas; n += 1) {
  running.push(start());
  await sleep(2000);
}
for (let passed = 0; passed < workspaces; await sleep(2000)) {
  const [row] = await rowsOf<{ count: string }>(
    'select count(distinct workspace) as count from passes',
  ).catch(() => []);
  passed = Number(row?.count ?? 0);
}
say(
  `all ${workspaces} workspaces had a pass after ${Math.round((performance.now() - began) / 1000)} s`,
);
// What starting has left to do, such as the passes that follow the first.
await sleep(60_000);
const [from] = await rowsOf<{ now: string }>('select now()::text as now');
const before = await Promise.all(running.map(usageOf));
const counts = [await transactions(), await requestsSoFar()] as const;
await sleep(minutes * 60_000);
const after = await Promise.all(running.map(usageOf));
const [transactionsAfter, requestsAfter] = [await transactions(), await requestsSoFar()];
const passes = await rowsOf<{ workspace: number; started: number; took: number }>(
  `select workspace, extract(epoch from started_at::timestamptz)::float8 as started,
    extract(epoch from finished_at::timestamptz - started_at::timestamptz)::float8 * 1000 as took
   from passes where started_at::timestamptz > '${from?.now ?? ''}'::timestamptz order by started_at`,
);
const held = await rowsOf<{ count: string }>(
  'select count(*) as count from leases where holder is not null group by holder order by 1',
);

/** The value below which this share of the values is. */
const quantile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[
    Math.min(numbers.length - 1, Math.floor(numbers.length * share))
  ] ?? 0;

const byWorkspace = Map.groupBy(passes, ({ workspace }) => workspace);
const perWorkspace = Array.from(
  { length: workspaces },
  (_, n) => byWorkspace.get(n + 2)?.length ?? 0,
);
const late = [...byWorkspace.values()].flatMap((own) =>
  own.slice(1).map(({ started }, n) => Math.abs(started - (own[n]?.started ?? 0) - 300) * 1000),
);
const seconds = minutes * 60;
const share = before.map((one, n) => (((after[n]?.seconds ?? 0) - one.seconds) / seconds) * 100);
say(`| replicas | workspaces of each | passes a second | passes of a workspace | a pass: median, 99 % | off its time: median, 99 % | share of a core, each | memory in use, each | requests a second | transactions a second |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| ${[
  replicas,
  held.map(({ count }) => count).join(', '),
  (passes.length / seconds).toFixed(2),
  `${Math.min(...perWorkspace)} to ${Math.max(...perWorkspace)}`,
  `${quantile(
    passes.map(({ took }) => took),
    0.5,
  ).toFixed(0)} ms, ${quantile(
    passes.map(({ took }) => took),
    0.99,
  ).toFixed(0)} ms`,
  `${quantile(late, 0.5).toFixed(0)} ms, ${quantile(late, 0.99).toFixed(0)} ms`,
  share.map((one) => `${one.toFixed(1)} %`).join(', '),
  after.map(({ used, peak }) => `${used.toFixed(0)} MB (peak ${peak.toFixed(0)})`).join(', '),
  ((requestsAfter - counts[1]) / seconds).toFixed(1),
  ((transactionsAfter - counts[0]) / seconds).toFixed(1),
].join(' | ')} |`);
