import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './planning.ts';

const root = join(import.meta.dirname, '..');

/** Milliseconds of whole processes: an empty program, and the built `holdfast --version` and `--help`. */
export function measureStarting(rounds: number): {
  readonly empty: number;
  readonly version: number;
  readonly help: number;
} {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const tsc = join(root, 'node_modules/.bin/tsc');
    const out = join(directory, 'dist');
    execFileSync(tsc, ['-p', join(root, 'tsconfig.build.json'), '--outDir', out]);
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    symlinkSync(join(root, 'package.json'), join(directory, 'package.json'));
    const main = join(out, 'main.js');
    const times = { empty: [] as number[], version: [] as number[], help: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      times.empty.push(timed('-e', '0'));
      times.version.push(timed(main, '--version'));
      times.help.push(timed(main, '--help'));
    }
    return {
      empty: median(times.empty),
      version: median(times.version),
      help: median(times.help),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function timed(...args: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args);
  return performance.now() - start;
}
