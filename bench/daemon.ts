import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '../src/simulator/simulator.ts';
import { memorySettings, nodeArguments } from './image.ts';
import { asYaml, seedTeam } from './team.ts';

/**
 * The cost of a daemon that runs as in the image, over a team in sync. Memory is in megabytes, measured by the system.
 */
export interface Daemon {
  /** Peak memory until the end of the first pass, which reads the YAML and binds everything. */
  readonly starting: number;
  /** Peak memory of all later passes. */
  readonly passing: number;
  /** The memory in use after each quarter of the passes. */
  readonly quarters: readonly number[];
  /** The part of the memory in use that is mapped files: Node itself, which processes share. */
  readonly node: number;
  /** Processor time of one pass, in milliseconds. */
  readonly cpu: ThreadTimes;
  /** The share of a processor with a pass every five seconds. */
  readonly share: number;
  /** The size of the store's files and of the reports in bytes, after half of the passes and after all. */
  readonly disk: readonly [half: number, all: number];
  /** When the passes began, in microseconds of `process.hrtime`. */
  readonly passedFrom: number;
}

const threads = ['main', 'v8', 'others'] as const;

/** Processor time in milliseconds, by thread. V8's threads collect garbage and compile; others wait for files. */
export type ThreadTimes = Readonly<Record<(typeof threads)[number], number>>;

/** The processor time of all threads, in milliseconds. */
export const sumOf = ({ main, v8, others }: ThreadTimes): number => main + v8 + others;

/** Options of `measureDaemon`. */
export interface DaemonOptions {
  /** The program's main module. */
  readonly main: string;
  readonly count: number;
  /** The number of passes one after the other. */
  readonly passes: number;
  /** The number of passes after them, five seconds apart. */
  readonly spaced: number;
  /** The directory for a CPU profile. Default: none is written. */
  readonly profile?: string;
}

/** The interval of spaced passes, in milliseconds. */
const interval = 5000;

/** Before every tenth pass, every machine changes in a field that is not declared. */
const changedOneIn = 10;

/** Runs a daemon over a team in sync: `count` machines and their scripts in 100 YAML files. */
export async function measureDaemon(options: DaemonOptions): Promise<Daemon> {
  const { main, count, profile } = options;
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const server = fork(join(import.meta.dirname, 'simulatorProcess.ts'), [String(count)]);
  try {
    const [{ url }] = (await once(server, 'message')) as [{ url: string }];
    const config = join(directory, 'team');
    await writeTeam(config, count);
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const daemon = spawn(
      process.execPath,
      [...nodeArguments, ...profiling, main, 'run', '--config', config],
      {
        cwd: directory,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ...memorySettings, ...settingsFor(url) },
      },
    );
    try {
      return await watch(daemon, { ...options, directory }, async () => {
        server.send('touch');
        await once(server, 'message');
      });
    } finally {
      // Node writes a profile only if the process ends normally.
      daemon.kill(profile === undefined ? 'SIGKILL' : 'SIGTERM');
      if (daemon.exitCode === null && daemon.signalCode === null) await once(daemon, 'exit');
    }
  } finally {
    server.disconnect();
    await rm(directory, { recursive: true });
  }
}

const token = 'bench';

const settingsFor = (url: string): Readonly<Record<string, string>> => ({
  PAPERSPACE_API_URL: `${url}/v1`,
  PAPERSPACE_API_KEY: 'bench',
  HOLDFAST_TOKEN: token,
  HOLDFAST_MODE: 'enforce',
  HOLDFAST_SCHEDULE: 'null',
  // Passes alone are measured, whatever happens between them.
  HOLDFAST_EVENTS: 'null',
  HOLDFAST_LIMITS_UPDATES: '100%',
  HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
  HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
  HOLDFAST_THROTTLE_BURST: '1000',
  HOLDFAST_THROTTLE_ADAPTIVE: 'false',
});

async function watch(
  daemon: ChildProcess,
  { passes, spaced, directory }: DaemonOptions & { readonly directory: string },
  touch: () => Promise<void>,
): Promise<Daemon> {
  const log = follow(daemon);
  const address = await log.address;
  await log.passed();
  const pid = daemon.pid ?? 0;
  const starting = await memory(pid, 'VmHWM');
  await forgetPeak(pid);
  const quarters: number[] = [];
  const disk: number[] = [];
  const before = await threadTimes(pid);
  const onePass = async (): Promise<void> => {
    const ended = log.passed();
    await fetch(`${address}/api/v1/reconcile`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    await ended;
  };
  const passedFrom = Number(process.hrtime.bigint() / 1000n);
  for (let pass = 1; pass <= passes; pass += 1) {
    if (pass % changedOneIn === 0) await touch();
    await onePass();
    if (pass % Math.ceil(passes / 4) === 0) quarters.push(await memory(pid, 'VmRSS'));
    if (pass === Math.ceil(passes / 2) || pass === passes) disk.push(await bytesIn(directory));
  }
  const after = await threadTimes(pid);
  const begin = performance.now();
  for (let pass = 1; pass <= spaced; pass += 1) {
    await onePass();
    await sleep(Math.max(0, begin + pass * interval - performance.now()));
  }
  const share = (sumOf(await threadTimes(pid)) - sumOf(after)) / (performance.now() - begin);
  const [half = 0, all = 0] = disk;
  const cpu = { main: 0, v8: 0, others: 0 };
  for (const thread of threads) cpu[thread] = (after[thread] - before[thread]) / passes;
  return {
    starting,
    passing: await memory(pid, 'VmHWM'),
    node: await memory(pid, 'RssFile'),
    quarters,
    cpu,
    share,
    disk: [half, all],
    passedFrom,
  };
}

/** Follows the daemon's log: its address, and the ends of passes. The promises reject if the daemon ends. */
function follow(daemon: ChildProcess) {
  const address = awaited<string>();
  let next = awaited<void>();
  let rest = '';
  daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
      if (msg === 'started' && url !== undefined) address.resolve(url);
      if (msg === 'pass ended') {
        next.resolve();
        next = awaited<void>();
      }
    }
  });
  daemon.on('exit', (code) => {
    const error = new Error(`the daemon ended with ${code}`);
    address.reject(error);
    next.reject(error);
  });
  return { address: address.promise, passed: () => next.promise };
}

/** A promise whose rejection is not reported as unhandled. */
function awaited<Value>(): PromiseWithResolvers<Value> {
  const made = Promise.withResolvers<Value>();
  made.promise.catch(() => undefined);
  return made;
}

async function writeTeam(config: string, count: number): Promise<void> {
  await using twin = await startSimulator({ record: false, maxMachines: 1_000_000 });
  seedTeam(twin.world, count);
  await mkdir(config);
  const texts = asYaml(twin.world, 100);
  for (const [index, text] of texts.entries())
    await writeFile(join(config, `team${index}.yaml`), text);
}

/** A memory figure of a process from Linux, in megabytes. */
async function memory(pid: number, figure: 'VmHWM' | 'VmRSS' | 'RssFile'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}

/** Resets the peak memory of a process. */
const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5');

/** The processor time of a process so far. Linux counts in hundredths of a second. */
async function threadTimes(pid: number): Promise<ThreadTimes> {
  const times = { main: 0, v8: 0, others: 0 };
  for (const id of await readdir(`/proc/${pid}/task`)) {
    const line = await readFile(`/proc/${pid}/task/${id}/stat`, 'utf8');
    const fields = line.split(') ')[1]?.split(' ') ?? [];
    const thread = Number(id) === pid ? 'main' : line.includes('(V8Worker)') ? 'v8' : 'others';
    times[thread] += (Number(fields[11]) + Number(fields[12])) * 10;
  }
  return times;
}

async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name))),
  );
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
