import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProgram, withSubcommands } from '../../src/cli/program.ts';
import type { Output } from '../../src/console/output.ts';

const root = join(import.meta.dirname, '../..');

const silent: Output = {
  write() {},
  isTerminal: false,
  isWaiting: () => false,
  onLoss() {},
};

/** The flags of `holdfast ci plan`. */
const flags = withSubcommands(createProgram(() => undefined, { out: silent, err: silent }))
  .filter((command) => command.parent?.name() === 'ci' && command.name() === 'plan')
  .flatMap(({ options }) => options.map(({ long }) => long));

interface Action {
  readonly runs: { readonly steps: readonly { readonly run?: string }[] };
}

const action = parse(await readFile(join(root, 'action.yml'), 'utf8')) as Action;
const template = parse(await readFile(join(root, 'templates/gitlab-ci.yml'), 'utf8')) as {
  readonly 'holdfast:plan': { readonly script: readonly string[] };
};

test.each([
  ['action.yml', action.runs.steps.flatMap(({ run = '' }) => run.split('\n'))],
  ['templates/gitlab-ci.yml', template['holdfast:plan'].script],
])('%s calls the program with flags that it has', (_, lines) => {
  const called = lines.filter((line) => /holdfast\.js"? ci plan /.test(line));
  expect(called).toHaveLength(1);
  const used = called.flatMap((line) => line.match(/--[a-z][a-z-]*/g) ?? []);
  expect(used).toContain('--config');
  expect(used.filter((flag) => !flags.includes(flag))).toEqual([]);
});

test.each(['docs/ci.md', 'docs/snapshot.md'])(
  '%s names flags that the program has',
  async (page) => {
    const known = withSubcommands(
      createProgram(() => undefined, { out: silent, err: silent }),
    ).flatMap(({ options }) => options.map(({ long }) => long));
    const used =
      (await readFile(join(root, page), 'utf8')).match(/(?<=[\s`])--[a-z][a-z-]*/g) ?? [];
    expect(used.filter((flag) => !known.includes(flag))).toEqual([]);
    expect(used.length).toBeGreaterThan(0);
  },
);
