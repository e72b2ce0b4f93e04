import { expect, test } from 'vitest';
import { generate } from './generate.ts';
import { run } from './run.ts';

/** All lines of a run, in order. */
async function told(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await run(generate(seed), (line) => lines.push(line));
  return lines;
}

test.each([3, 15, 72, 253])('seed %d gives the same run each time', async (seed) => {
  const lines = await told(seed);
  expect(lines.length).toBeGreaterThan(10);
  expect(await told(seed)).toEqual(lines);
});
