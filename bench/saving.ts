import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../src/simulator/simulator.ts';

const network = (name: string) => `privateNetworks:\n  ${name}: { region: ny2 }\n`;

/**
 * Measures the time from the save of a file until the daemon's first request, in milliseconds, for each of `saves`
 * saves.
 */
export async function measureSaving(main: string, saves: number): Promise<readonly number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  const file = join(directory, 'team.yaml');
  await writeFile(file, network('n0'));
  await using simulator = await startSimulator({ record: false });
  let waiting: { resolve: (at: number) => void } | undefined;
  let quiet: { resolve: (at: number) => void } | undefined;
  let requests = 0;
  simulator.onExchange(() => {
    requests += 1;
    waiting?.resolve(performance.now());
    waiting = undefined;
  });
  const daemon = fork(main, ['run', '--config', directory], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      PAPERSPACE_API_URL: `${simulator.url}/v1`,
      PAPERSPACE_API_KEY: 'bench',
      HOLDFAST_SCHEDULE: 'null',
      HOLDFAST_SERVER_LISTEN: '127.0.0.1:0',
    },
  });
  daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('pass ended')) quiet?.resolve(0);
  });
  const ended = (): Promise<number> => {
    const next = Promise.withResolvers<number>();
    quiet = next;
    return next.promise;
  };
  try {
    await ended();
    const times: number[] = [];
    for (let save = 1; save <= saves; save += 1) {
      const first = Promise.withResolvers<number>();
      waiting = first;
      const passed = ended();
      const start = performance.now();
      await writeFile(file, network(`n${save}`));
      times.push((await first.promise) - start);
      await passed;
    }
    if (requests === 0) throw new Error('the daemon sent nothing');
    return times;
  } finally {
    daemon.kill('SIGKILL');
    await rm(directory, { recursive: true });
  }
}
