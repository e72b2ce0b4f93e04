import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { seedMachines, startSimulator } from '../src/simulator/simulator.ts';

/** The cost of importing a team, and the first line of a plan after it. */
export interface Importing {
  readonly milliseconds: number;
  readonly requests: number;
  readonly planned: string;
}

const run = promisify(execFile);

/** Runs `holdfast import` on a team without any declared machines, and then `holdfast plan`. */
export async function measureImporting(main: string, machines: number): Promise<Importing> {
  await using simulator = await startSimulator({ maxMachines: machines });
  seedMachines(simulator.world, machines);
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const holdfast = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, [main, ...args], {
      cwd: directory,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...process.env,
        PAPERSPACE_API_URL: `${simulator.url}/v1`,
        PAPERSPACE_API_KEY: 'k',
        HOLDFAST_THROTTLE_REQUESTS_PER_SECOND: '1000',
        HOLDFAST_THROTTLE_BURST: '1000',
      },
    });
    return stdout;
  };
  try {
    await mkdir(join(directory, 'config'));
    const start = performance.now();
    await holdfast('import');
    const milliseconds = performance.now() - start;
    const requests = simulator.requests.length;
    return { milliseconds, requests, planned: (await holdfast('plan')).split('\n')[0] ?? '' };
  } finally {
    await rm(directory, { recursive: true });
  }
}
