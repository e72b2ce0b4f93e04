import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSimulator } from '../src/simulator/simulator.ts';
import { httpLink, tcpLink, type Link } from '../test/chaos/processes/link.ts';
import { startPostgres } from '../test/support/postgresServer.ts';
import { build } from './built.ts';

/**
 * `npm run bench:failures -- --rounds N`: lets a replica fail in each way, N times, while another one waits, and prints
 * how long that delays reads and creates. The config changes every half second, so there is always something to create.
 */
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const graceMs = 30_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

using program = build();

interface Replica {
  readonly api: Link;
  readonly database: Link;
  readonly child: ChildProcess;
}

/** What a replica sent to the team, and when. */
interface Sent {
  readonly by: Replica;
  readonly at: number;
  readonly isWrite: boolean;
}

/** The delays after a failure, in milliseconds. */
interface Delays {
  /** The last write of the replica that failed, and the first read and write of another. Undefined: there was none. */
  readonly lastWrite: number | undefined;
  readonly read: number | undefined;
  readonly write: number | undefined;
}

/** The parts of an installation that a failure may touch. */
interface Scene {
  readonly holder: Replica;
  readonly stopDatabase: () => Promise<void>;
  readonly startDatabase: () => Promise<void>;
  readonly failOver: () => Promise<void>;
}

/** Runs two replicas, lets one fail when it has created something, and watches for a while. */
async function observe(fail: (scene: Scene) => Promise<void>, watchMs: number): Promise<Delays> {
  await using stack = new AsyncDisposableStack();
  const primary = stack.use(await startPostgres());
  let { port } = primary;
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  stack.defer(() => rm(directory, { recursive: true, force: true }));
  const team = stack.use(await startSimulator({ jobTime: 0 }));
  await mkdir(join(directory, 'config'));
  await writeFile(
    join(directory, 'config/holdfast.yaml'),
    `settings: { mode: enforce, schedule: "* * * * * *", grace: ${graceMs / 1000}s, requests: { timeout: 5s }, throttle: { requestsPerSecond: 100, burst: 100 }, limits: { updates: 100% } }\n`,
  );
  const names: string[] = [];
  const change = async (): Promise<void> => {
    names.push(`n${names.length}`);
    const networks = names.map((name) => `  ${name}: { region: ny2 }\n`).join('');
    await writeFile(join(directory, 'config/team.yaml'), `privateNetworks:\n${networks}`);
  };
  const sent: Sent[] = [];
  const start = async (): Promise<Replica> => {
    const replica: { self?: Replica } = {};
    const database = stack.use(await tcpLink(() => port));
    const api = stack.use(
      await httpLink(
        () => team.url,
        ({ method }) => {
          if (replica.self)
            sent.push({ by: replica.self, at: performance.now(), isWrite: method !== 'GET' });
        },
      ),
    );
    const child = spawn(process.execPath, [program.main, 'run'], {
      cwd: directory,
      stdio: 'ignore',
      env: {
        ...process.env,
        PAPERSPACE_API_URL: `http://127.0.0.1:${api.port}/v1`,
        PAPERSPACE_API_KEY: 'key',
        HOLDFAST_STORE: `postgres://postgres@127.0.0.1:${database.port}/postgres`,
        HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
      },
    });
    stack.defer(async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    replica.self = { api, database, child };
    return replica.self;
  };
  await change();
  const holder = await start();
  while (!sent.some(({ isWrite }) => isWrite)) await sleep(50);
  await start();
  const changing = new AbortController();
  const changes = (async () => {
    while (!changing.signal.aborted) {
      await change();
      await sleep(500);
    }
  })();
  await sleep(3000);
  const standby = stack.use(await primary.standby());
  const failed = performance.now();
  await fail({
    holder,
    stopDatabase: () => primary.control('stop', '-m', 'immediate'),
    startDatabase: () => primary.control('start'),
    async failOver() {
      await primary.control('stop', '-m', 'immediate');
      await standby.control('promote');
      ({ port } = standby);
    },
  });
  const ends = failed + watchMs;
  while (performance.now() < ends) await sleep(100);
  changing.abort();
  await changes;
  const after = sent.filter(({ at }) => at >= failed);
  const own = after.findLast(({ by, isWrite }) => by === holder && isWrite);
  const others = after.filter(({ by }) => by !== holder);
  const since = (one: Sent | undefined): number | undefined => one && one.at - failed;
  return {
    lastWrite: since(own),
    read: since(others[0]),
    write: since(others.find(({ isWrite }) => isWrite)),
  };
}

const failures: readonly {
  readonly what: string;
  readonly bound: string;
  readonly fail: (scene: Scene) => Promise<void>;
  readonly watchMs: number;
}[] = [
  {
    what: 'stopped (SIGTERM)',
    bound: 'under 1 s',
    fail: async ({ holder }) => void holder.child.kill('SIGTERM'),
    watchMs: 6000,
  },
  {
    what: 'killed (SIGKILL)',
    bound: 'reads 16 s, creates 46 s',
    fail: async ({ holder }) => void holder.child.kill('SIGKILL'),
    watchMs: 52_000,
  },
  {
    what: 'frozen for 25 s (SIGSTOP, SIGCONT)',
    bound: 'reads 16 s, creates 46 s; none of its own afterwards',
    async fail({ holder: { child } }) {
      child.kill('SIGSTOP');
      await sleep(25_000);
      child.kill('SIGCONT');
    },
    watchMs: 52_000,
  },
  {
    what: 'cut off from the database',
    bound: 'its last write 10 s, reads 16 s, creates 46 s',
    fail: async ({ holder }) => holder.database.cut(),
    watchMs: 52_000,
  },
  {
    what: 'the database away for 20 s',
    bound: 'its last write 10 s',
    async fail({ stopDatabase, startDatabase }) {
      await stopDatabase();
      await sleep(20_000);
      await startDatabase();
    },
    watchMs: 58_000,
  },
  {
    what: 'the database fails over',
    bound: 'creates 46 s',
    fail: ({ failOver }) => failOver(),
    watchMs: 56_000,
  },
];

const seconds = (times: readonly (number | undefined)[]): string => {
  const known = times.filter((time) => time !== undefined).toSorted((a, b) => a - b);
  const [first, last] = [known[0], known.at(-1)];
  return first === undefined || last === undefined
    ? 'none'
    : `${(first / 1000).toFixed(1)} to ${(last / 1000).toFixed(1)} s`;
};

say(`| the replica with the lease is | its last write | first read of another | first create of another | bound |
| --- | --- | --- | --- | --- |`);
for (const { what, bound, fail, watchMs } of failures) {
  const all = await Promise.all(Array.from({ length: rounds }, () => observe(fail, watchMs)));
  const column = (name: keyof Delays): string => seconds(all.map((delays) => delays[name]));
  say(`| ${[what, column('lastWrite'), column('read'), column('write'), bound].join(' | ')} |`);
}
