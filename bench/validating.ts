import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../src/simulator/simulator.ts';
import { asYaml, seedTeam } from './team.ts';

/**
 * Measures whole `holdfast validate` processes in milliseconds, over `count` machines and their scripts in `files`
 * files.
 */
export async function measureValidating(
  main: string,
  count: number,
  files: number,
  rounds: number,
): Promise<readonly number[]> {
  await using simulator = await startSimulator({ record: false });
  seedTeam(simulator.world, count);
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    await mkdir(join(directory, 'config'));
    const texts = asYaml(simulator.world, files);
    for (const [index, text] of texts.entries())
      await writeFile(join(directory, 'config', `team-${index}.yaml`), text);
    return Array.from({ length: rounds }, () => {
      const start = performance.now();
      execFileSync(process.execPath, [main, 'validate'], {
        cwd: directory,
      });
      return performance.now() - start;
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}
