import { execFileSync } from 'node:child_process';

/** Measures whole processes in milliseconds: an empty program, and the built `holdfast --version` and `--help`. */
export function measureStarting(
  main: string,
  rounds: number,
): {
  readonly empty: readonly number[];
  readonly version: readonly number[];
  readonly help: readonly number[];
} {
  const times = { empty: [] as number[], version: [] as number[], help: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.empty.push(timed('-e', '0'));
    times.version.push(timed(main, '--version'));
    times.help.push(timed(main, '--help'));
  }
  return times;
}

function timed(...args: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args);
  return performance.now() - start;
}
