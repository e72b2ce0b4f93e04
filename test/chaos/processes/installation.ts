import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../../src/simulator/simulator.ts';
import { startPostgres } from '../../support/postgresServer.ts';
import { randomOf } from '../random.ts';
import { httpLink, tcpLink, type Link } from './link.ts';
import { watchLeases } from './watch.ts';

/** What happened in the rounds of an installation. */
export interface Tally {
  readonly violations: readonly string[];
  readonly rounds: number;
  readonly events: Readonly<Record<string, number>>;
  readonly writes: number;
  readonly creates: number;
  readonly takeOvers: number;
}

const graceMs = 3000;
const workspaces = ['a', 'b', 'c'] as const;

const settings = `settings:
  workspaces: teams/*
  mode: enforce
  schedule: "*/2 * * * * *"
  visibility: 2s
  grace: ${graceMs / 1000}s
  prune: [machines]
  requests: { timeout: 3s }
  throttle: { requestsPerSecond: 100, burst: 100 }
  limits: { updates: 100%, deletions: 100%, deletionsPerDay: 100000 }
  apiKey: { file: "../keys/{workspace}" }
`;

const machine = (name: string): string =>
  `  ${name}: { machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50 }\n`;

const instant = { queue: 0, create: 0, boot: 0, start: 0, stop: 0, delete: 0 };

const namesIn = ({ world }: Simulator): readonly string[] =>
  [...world.machines]
    .filter(({ dtDeleted }) => !dtDeleted)
    .map(({ name }) => name)
    .toSorted();

/** A replica with its own network. */
interface Replica {
  readonly api: Link;
  readonly database: Link;
  process: ChildProcess;
  /** Called at its next request to the API, in the middle of a pass. */
  onRequest?: (() => void) | undefined;
  /** Called when the database has confirmed the record of a write. The replica sends the write next. */
  onIntent?: (() => void) | undefined;
}

/** Something that happens to a replica, or to the database. It is over when it resolves. */
type Event = (replica: Replica) => Promise<void>;

/**
 * Runs an installation with three replicas, a PostgreSQL server, and three simulated teams through rounds. In each, the
 * config of every team changes, and something happens to replicas and the network; then every team must become as its
 * config says. `program`: the words that start Holdfast.
 */
export async function runInstallation({
  seed,
  rounds,
  program,
  say,
}: {
  readonly seed: number;
  readonly rounds: number;
  readonly program: readonly string[];
  readonly say: (line: string) => void;
}): Promise<Tally> {
  await using stack = new AsyncDisposableStack();
  const random = randomOf(seed);
  const server = stack.use(await startPostgres());
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-replicas-'));
  let keeps = false;
  stack.defer(() => (keeps ? undefined : rm(directory, { recursive: true, force: true })));
  const teams = new Map<string, Simulator>();
  let creates = 0;
  const duplicates: string[] = [];
  for (const name of workspaces) {
    const team = stack.use(
      await startSimulator({ durations: instant, seed: seed * 10 + teams.size, record: false }),
    );
    team.onExchange(({ method, path, status }) => {
      if (method !== 'POST' || !path.endsWith('/machines') || status !== 200) return;
      creates += 1;
      const names = namesIn(team);
      if (new Set(names).size < names.length) duplicates.push(`${name} has ${names.join(' ')}`);
    });
    teams.set(name, team);
    await mkdir(join(directory, 'keys'), { recursive: true });
    await mkdir(join(directory, 'config/teams', name), { recursive: true });
    await writeFile(join(directory, 'keys', name), name);
  }
  const change = async (): Promise<void> => {
    for (const name of workspaces) {
      // A name is never used again: what is written three times in an hour is left alone.
      const before = wanted.get(name) ?? [];
      const added = Array.from({ length: random.below(3) }, () => `m${(made += 1)}`);
      const declared = [...before.filter(() => random.chance(0.6)), ...added].toSorted();
      const text =
        declared.length === 0 ? 'machines: {}\n' : `machines:\n${declared.map(machine).join('')}`;
      await writeFile(join(directory, 'config/teams', name, 'team.yaml'), text);
      wanted.set(name, declared);
    }
  };
  const wanted = new Map<string, readonly string[]>();
  let made = 0;
  /** Waits for some time between these bounds, in milliseconds. */
  const pause = (from: number, to: number): Promise<void> => sleep(from + random.below(to - from));
  await change();
  await writeFile(join(directory, 'config/holdfast.yaml'), settings);
  const watch = stack.use(await watchLeases(server.url, graceMs));
  const replicas: Replica[] = [];
  for (let n = 0; n < 3; n += 1) replicas.push(await startReplica(n));
  stack.defer(async () => {
    for (const { process: child } of replicas) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  });

  async function startReplica(n: number): Promise<Replica> {
    const replica: Partial<Replica> = {};
    const onRelayed = intentsIn(() => replica.onIntent?.());
    const database = stack.use(await tcpLink(server.port, onRelayed));
    const api = stack.use(
      await httpLink(
        ({ headers }) => teams.get(keyOf(headers.authorization))?.url,
        ({ method = 'GET', url = '', headers }) => {
          replica.onRequest?.();
          if (method === 'GET') return;
          const pid = replica.process?.pid ?? 0;
          watch.arrived({ workspace: keyOf(headers.authorization), pid, method, path: url });
        },
      ),
    );
    const process = launch(n, { api, database });
    return Object.assign(replica, { api, database, process });
  }
  function launch(n: number, { api, database }: Pick<Replica, 'api' | 'database'>): ChildProcess {
    const [command = '', ...args] = program;
    const child = spawn(command, [...args, 'run'], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        PAPERSPACE_API_URL: `http://127.0.0.1:${api.port}/v1`,
        HOLDFAST_STORE: `postgres://postgres@127.0.0.1:${database.port}/postgres`,
        HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const file = createWriteStream(join(directory, `replica-${n}.log`), { flags: 'a' });
    child.stdout.pipe(file);
    child.stderr.pipe(file);
    return child;
  }
  const restart = (replica: Replica): void => {
    replica.process = launch(replicas.indexOf(replica), replica);
  };
  const ended = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  /** Sends a signal to a replica at its next request, or between its record of a write and the write itself. */
  const signal = async (replica: Replica, name: 'SIGKILL' | 'SIGSTOP'): Promise<void> => {
    const moment = random.pick(['onRequest', 'onIntent'] as const);
    const { promise, resolve } = Promise.withResolvers<void>();
    const send = (): void => {
      replica[moment] = undefined;
      replica.process.kill(name);
      resolve();
    };
    replica[moment] = send;
    await Promise.race([promise, sleep(6000)]);
    if (replica[moment] === send) send();
  };
  let isDown = false;
  const events: Readonly<Record<string, Event>> = {
    async kill(replica) {
      await signal(replica, 'SIGKILL');
      await ended(replica.process);
      await pause(0, 20_000);
      restart(replica);
    },
    async stop(replica) {
      replica.process.kill('SIGTERM');
      await ended(replica.process);
      restart(replica);
    },
    async freeze(replica) {
      await signal(replica, 'SIGSTOP');
      await pause(9000, 22_000);
      replica.process.kill('SIGCONT');
    },
    async 'cut from the API'({ api }) {
      api.cut();
      await pause(2000, 20_000);
      api.heal();
    },
    async 'cut from the database'({ database }) {
      database.cut();
      await pause(5000, 22_000);
      database.heal();
    },
    async 'restart of the database'() {
      if (isDown) return;
      isDown = true;
      await server.control('stop', '-m', 'immediate');
      await pause(0, 14_000);
      await server.control('start');
      isDown = false;
    },
  };
  const happened: Record<string, number> = {};
  const names = Object.keys(events) as [string, ...string[]];
  const converged = (): boolean =>
    [...teams].every(([name, team]) => namesIn(team).join() === wanted.get(name)?.join());
  const violations = (): readonly string[] => [...watch.violations, ...duplicates];
  await until(converged);
  let round = 0;
  for (; round < rounds && violations().length === 0; round += 1) {
    const hit = [...new Set([random.below(3), random.below(3)])].map((n) => replicas[n]);
    await change();
    const happening = hit.map(async (replica) => {
      const name = random.pick(names);
      await pause(0, 1500);
      happened[name] = (happened[name] ?? 0) + 1;
      if (replica) await events[name]?.(replica);
    });
    const over = new AbortController();
    const changing = (async () => {
      while (!over.signal.aborted) {
        await sleep(1000 + random.below(4000));
        await change();
      }
    })();
    await Promise.all(happening);
    over.abort();
    await changing;
    if (await until(converged)) continue;
    duplicates.push(
      `round ${round}: not converged: ${[...teams].map(([name, team]) => `${name} has ${namesIn(team).join(' ')} and wants ${wanted.get(name)?.join(' ')}`).join('; ')}`,
    );
  }
  for (const problem of violations()) say(`seed ${seed}, round ${round}: ${problem}`);
  if (violations().length > 0) {
    say(`the logs of the replicas are kept in ${directory}`);
    keeps = true;
  }
  return {
    violations: violations(),
    rounds: round,
    events: happened,
    writes: watch.writes(),
    creates,
    takeOvers: watch.takeOvers(),
  };
}

/** Finds in the traffic with the database where a replica learns that its record of a write to the API is there. */
function intentsIn(onIntent: () => void): NonNullable<Parameters<typeof tcpLink>[1]> {
  const recording = new WeakSet();
  const committing = new WeakSet();
  return (chunk, from, connection) => {
    if (from === 'server') return void (committing.delete(connection) && onIntent());
    const text = chunk.toString('latin1');
    if (/(insert into|update) "intents"/.test(text)) recording.add(connection);
    if (/\bcommit\b/.test(text) && recording.delete(connection)) committing.add(connection);
  };
}

const keyOf = (authorization = ''): string => authorization.replace(/^Bearer /, '');

/** How long an installation may take to become as its config says, in milliseconds: far more than it needs. */
const patienceMs = 120_000;

/** Resolves to whether a condition becomes true. */
async function until(condition: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < patienceMs; waited += 100) {
    if (condition()) return true;
    await sleep(100);
  }
  return condition();
}
