import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Output } from '../../src/console/output.ts';
import { createProgram } from '../../src/cli/program.ts';

test('docs/simulator.md lists the flags of `holdfast simulate`', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/simulator.md'), 'utf8');
  const output: Output = {
    write: () => undefined,
    isWaiting: () => false,
    isTerminal: false,
    onLoss: () => undefined,
  };
  const program = createProgram(() => undefined, { out: output, err: output });
  const ofAll = new Set(['--config', '--settings', '--format', '--log-level', '--no-color']);
  const flags = program.commands
    .find((command) => command.name() === 'simulate')
    ?.options.flatMap(({ long }) => (long && !ofAll.has(long) ? [long] : []));
  expect(page.match(/^\| `--[a-z-]+/gm)?.map((cell) => cell.slice(3))).toEqual(flags);
});
