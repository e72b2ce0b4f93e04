import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seedMachines, startSimulator } from '../src/simulator/simulator.ts';
import { memorySettings, nodeArguments } from './image.ts';
import { asYaml, declaredMachines } from './team.ts';

/** What a daemon took that ran as in the image, over a team in sync. Memory in megabytes, as the system counts it. */
export interface Daemon {
  /** The most memory until the first pass had ended: YAML read, everything bound. */
  readonly starting: number;
  /** The most memory of all passes after it. */
  readonly passing: number;
  /** The memory in use after each quarter of the passes. */
  readonly quarters: readonly number[];
  /** Milliseconds of the processor for one pass. */
  readonly cpu: number;
  /** The share of a processor that it took while nothing happened. */
  readonly idle: number;
  /** Bytes of the store's files and of the reports, after half of the passes and after all of them. */
  readonly disk: readonly [half: number, all: number];
}

/** Passes for which every machine changes in a field that nobody declares: one of so many. */
const changedOneIn = 10;

/** The built daemon with `count` machines in 100 YAML files, for so many passes one after the other, and then so many milliseconds for which nothing happens. */
export async function measureDaemon(
  main: string,
  count: number,
  passes: number,
  watched: number,
): Promise<Daemon> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const server = fork(join(import.meta.dirname, 'simulatorProcess.ts'), [String(count)]);
  try {
    const [{ url }] = (await once(server, 'message')) as [{ url: string }];
    const config = join(directory, 'team');
    await writeTeam(config, count);
    const daemon = spawn(process.execPath, [...nodeArguments, main, 'run', '--config', config], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...memorySettings, ...settingsFor(url) },
    });
    try {
      return await watch(daemon, { passes, watched, directory }, async () => {
        server.send('touch');
        await once(server, 'message');
      });
    } finally {
      daemon.kill('SIGKILL');
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
  HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
  HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
  HOLDFAST_THROTTLE_BURST: '1000',
  HOLDFAST_THROTTLE_ADAPTIVE: 'false',
});

async function watch(
  daemon: ChildProcess,
  { passes, watched, directory }: { passes: number; watched: number; directory: string },
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
  const before = await processorTime(pid);
  for (let pass = 1; pass <= passes; pass += 1) {
    if (pass % changedOneIn === 0) await touch();
    const ended = log.passed();
    await fetch(`${address}/api/v1/reconcile`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    await ended;
    if (pass % Math.ceil(passes / 4) === 0) quarters.push(await memory(pid, 'VmRSS'));
    if (pass === Math.ceil(passes / 2) || pass === passes) disk.push(await bytesIn(directory));
  }
  const after = await processorTime(pid);
  await sleep(watched);
  const [half = 0, all = 0] = disk;
  return {
    starting,
    passing: await memory(pid, 'VmHWM'),
    quarters,
    cpu: (after - before) / passes,
    idle: ((await processorTime(pid)) - after) / watched,
    disk: [half, all],
  };
}

/** What the daemon's log says: where it listens, and when passes end. Rejects when it ends. */
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

/** A promise that may reject while nobody waits for it. */
function awaited<Value>(): PromiseWithResolvers<Value> {
  const made = Promise.withResolvers<Value>();
  made.promise.catch(() => undefined);
  return made;
}

async function writeTeam(config: string, count: number): Promise<void> {
  await using twin = await startSimulator({ record: false, maxMachines: 1_000_000 });
  seedMachines(twin.world, count);
  await mkdir(config);
  const texts = asYaml(declaredMachines(twin.world), 100);
  for (const [index, text] of texts.entries())
    await writeFile(join(config, `machines${index}.yaml`), text);
}

/** A figure of Linux about a process, in megabytes. */
async function memory(pid: number, figure: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}

/** From now on the most memory is that of what comes. */
const forgetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5');

/** Milliseconds that the processor has worked for a process; Linux counts in hundredths of a second. */
async function processorTime(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
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
