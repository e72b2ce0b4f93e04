import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';
import { startSimulator } from '../src/simulator/simulator.ts';
import { asYaml, seedTeam } from './team.ts';

/** A whole process: elapsed and processor time in milliseconds, and its peak memory in megabytes. */
export interface WholeProcess {
  readonly elapsed: number;
  readonly cpu: number;
  readonly memory: number;
}

/** Rounds of whole `holdfast plan` processes, and of processes that only fetch the same pages with got. */
export interface ColdPlan {
  readonly plan: readonly WholeProcess[];
  readonly loop: readonly WholeProcess[];
}

/** Measures both over `count` machines and their scripts, which stand one by one in block YAML, in 100 files. */
export async function measureColdPlan(
  program: string,
  count: number,
  rounds: number,
): Promise<ColdPlan> {
  const server = fork(join(import.meta.dirname, 'simulatorProcess.ts'), [String(count)]);
  const [{ url }] = (await once(server, 'message')) as [{ url: string }];
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    const config = join(directory, 'config');
    await writeTeam(config, count);
    const measured = { plan: [] as WholeProcess[], loop: [] as WholeProcess[] };
    for (let round = 0; round < rounds; round += 1) {
      measured.loop.push(await run([join(import.meta.dirname, 'gotLoop.ts'), url], directory, url));
      measured.plan.push(await run([program, 'plan', '--config', config], directory, url));
    }
    return measured;
  } finally {
    server.disconnect();
    await rm(directory, { recursive: true });
  }
}

async function writeTeam(config: string, count: number): Promise<void> {
  await using twin = await startSimulator({ record: false, maxMachines: 1_000_000 });
  seedTeam(twin.world, count);
  await mkdir(config);
  for (const [index, flow] of asYaml(twin.world, 100).entries())
    await writeFile(join(config, `team${index}.yaml`), stringify(parse(flow)));
}

/** A module that writes what a process has used to its file descriptor 3 when it ends. */
const usageAtEnd = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));",
)}`;

async function run(args: readonly string[], cwd: string, url: string): Promise<WholeProcess> {
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', usageAtEnd, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      PAPERSPACE_API_URL: `${url}/v1`,
      PAPERSPACE_API_KEY: 'bench',
      HOLDFAST_LIMITS_UPDATES: '100%',
      HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
      HOLDFAST_THROTTLE_BURST: '1000',
      HOLDFAST_THROTTLE_ADAPTIVE: 'false',
    },
  });
  const [usage, [code]] = await Promise.all([
    text(child.stdio[3] as NodeJS.ReadableStream),
    once(child, 'close'),
  ]);
  // A plan ends with 2 if there is something to do: the first pass writes every script.
  if (code !== 0 && code !== 2) throw new Error(`${args.join(' ')} ended with ${code}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(usage) as NodeJS.ResourceUsage;
  return {
    elapsed: performance.now() - start,
    cpu: (userCPUTime + systemCPUTime) / 1000,
    memory: maxRSS / 1024,
  };
}
