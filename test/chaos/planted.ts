import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planted, type Planted } from './plantedBugs.ts';

const root = join(import.meta.dirname, '../..');

/** Runs the simulation on a copy of the program with one bug. The first line that it prints names the seed. */
function plant({ bug, file, find, instead, replicas }: Planted, seeds: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
  try {
    for (const folder of ['src', 'test/chaos', 'test/support', 'package.json'])
      cpSync(join(root, folder), join(copy, folder), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const text = readFileSync(join(copy, file), 'utf8');
    if (!text.includes(find))
      return `| ${bug} | cannot be planted: ${file} does not contain the text |`;
    writeFileSync(join(copy, file), text.replace(find, instead));
    const [first = ''] = run(copy, seeds, replicas ? ['--replicas'] : []).split('\n');
    return first.startsWith('seed ')
      ? `| ${bug} | ${first.replace(/ \(npm.*/, '')} |`
      : `| ${bug} | not found: ${first} |`;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function run(copy: string, seeds: string, flags: readonly string[]): string {
  try {
    return execFileSync(
      process.execPath,
      ['test/chaos/main.ts', '--first', '--seeds', seeds, ...flags],
      {
        cwd: copy,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const [only, seeds = '1000'] = process.argv.slice(2);
for (const one of planted)
  if (only === undefined || only === 'all' || one.bug.includes(only))
    process.stdout.write(`${plant(one, seeds)}\n`);
