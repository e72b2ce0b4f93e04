import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { load, problemsOf, stateOf } from '../fixtures/desired/directory.ts';

const machine = (network: string) =>
  `{ machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50, network: ${network}, publicIpType: none, autoShutdownTimeout: 8, state: off }`;
const machines = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `  ${prefix}${i}: ${machine('research')}\n`).join('');
const networks = 'privateNetworks: { research: { region: ny2 } }\n';

/** Far above the normal time, and far below what a user would call a hang. */
const bearable = 15_000;

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

describe('input that could run forever is refused quickly', () => {
  it.each<{ name: string; because: string; yaml: string; rule: string }>([
    {
      name: 'aliases that expand exponentially',
      because: 'thirty lines expand to 10^30 values',
      yaml: `x0: &x0 [1]\n${lines(30, (i) => `x-${i}: &x${i + 1} [${`*x${i}, `.repeat(10)}]`)}`,
      rule: 'alias-bomb',
    },
    {
      name: 'merge keys that multiply',
      because: 'each of a thousand maps merges a thousand entries',
      yaml: `x-big: &big\n${lines(2000, (i) => `  k${i}: 1`)}\nx-all:\n${lines(2000, (i) => `  - { <<: *big, own: ${i} }`)}`,
      rule: 'alias-bomb',
    },
    {
      name: 'a long text with many aliases',
      because: 'its characters count, too',
      yaml: `x-text: &text ${'x'.repeat(1_000_000)}\ndatasets:\n${lines(2000, (i) => `  d${i}: { description: *text }`)}`,
      rule: 'alias-bomb',
    },
    {
      name: 'lists in lists',
      because: 'they would overflow the stack',
      yaml: `x-deep: ${'['.repeat(100_000)}`,
      rule: 'too-deep',
    },
    {
      name: 'maps in maps',
      because: 'they would overflow the stack',
      yaml: `x-deep: ${'{ a: '.repeat(100_000)}`,
      rule: 'too-deep',
    },
    {
      name: 'blocks in blocks',
      because: 'they would overflow the stack',
      yaml: lines(1000, (i) => `${' '.repeat(i)}a:`),
      rule: 'too-deep',
    },
    {
      name: 'explicit keys in explicit keys',
      because: 'they would overflow the stack',
      yaml: '? '.repeat(10_000),
      rule: 'too-deep',
    },
    {
      name: 'braces that multiply',
      because: 'the number of names is checked before they are generated',
      yaml: `projects:\n  "${'{1..9}'.repeat(40)}":`,
      rule: 'too-many-names',
    },
    {
      name: 'many braces',
      because: 'each of them is within the limit, all together are not',
      yaml: `projects:\n  p:\n    collaborators:\n${lines(1000, (i) => `      - "u${i}-{1..9999}@example.com"`)}`,
      rule: 'too-many-names',
    },
    {
      name: 'a long timetable',
      because: 'searching its windows would take long',
      yaml: `machines: { a: { machineType: C5, template: { keep: true }, region: ny2, diskSize: 50, state: { running: "Mon${' '.repeat(100_000)}" } } }`,
      rule: 'wrong-value',
    },
    {
      name: 'thousands of excepted days',
      because: 'evaluating a timetable takes longer with each',
      yaml: `machines: { a: { machineType: C5, template: { keep: true }, region: ny2, diskSize: 50, state: { running: "08:00-19:00", except: [${'2027-05-01,'.repeat(50_000)}] } } }`,
      rule: 'wrong-value',
    },
  ])('$name: $because', async ({ yaml, rule }) => {
    const start = performance.now();
    const problems = await problemsOf(yaml);
    expect(performance.now() - start).toBeLessThan(bearable);
    expect(problems.map((problem) => /[a-z-]+(?=:)/.exec(problem)?.[0])).toContain(rule);
    expect(problems.length).toBeLessThan(10);
  });
});

describe('large configs load in linear time', () => {
  it.each([
    { what: 'unknown tags', item: '!x a' },
    { what: 'second anchors', item: '&a &b c' },
  ])('reports thousands of $what, each with a position', async ({ item }) => {
    const start = performance.now();
    expect(await problemsOf(`x-a:\n${lines(12_000, () => `  - ${item}`)}`)).toHaveLength(12_000);
    expect(performance.now() - start).toBeLessThan(bearable);
  });

  it('stops reading megabytes of nesting where they are too deep', async () => {
    const start = performance.now();
    const problems = await problemsOf(`x-a: ${'{'.repeat(4_000_000)}`);
    expect(problems).toEqual(['1:105 too-deep: values nest more than 100 levels deep here']);
    expect(performance.now() - start).toBeLessThan(bearable);
  });

  it('reports thousands of mistakes at once, each with a position', async () => {
    const start = performance.now();
    const problems = await problemsOf(
      `${networks}machines:\n${lines(3000, (i) => `  m-${i}: ${machine(`reserch-${i}`)}`)}`,
    );
    expect(problems).toHaveLength(3000);
    expect(performance.now() - start).toBeLessThan(bearable);
  });

  it('1,000 resources in 50 files', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`m${i}.yaml`, `machines:\n${machines(`m-${i}-`, 20)}`]),
    );
    const start = performance.now();
    const loaded = await load({ ...files, 'n.yaml': networks });
    expect(loaded.ok && loaded.state.resources.length).toBe(1001);
    expect(performance.now() - start).toBeLessThan(bearable);
  });

  it('10,000 names that share a spec, in a set', async () => {
    const { resources } = await stateOf(
      `${networks}machines: { "m-{1..10000}": ${machine('research')} }\nstartupScripts: { s: { script: x, assignedMachines: ["m-{1..10000}"] } }`,
    );
    expect(resources).toHaveLength(10_002);
    expect(resources.at(-1)?.spec['assignedMachines']).toHaveLength(10_000);
  });

  it('a chain of thousands of references', async () => {
    const count = 4000;
    const { resources } = await stateOf(
      [
        'machines:',
        lines(
          count,
          (i) =>
            `  m${i}: { machineType: C5, template: ${i === 0 ? '{ os: x }' : `t${i - 1}`}, region: ny2, diskSize: 50 }`,
        ),
        'customTemplates:',
        lines(count, (i) => `  t${i}: { machine: m${i} }`),
      ].join('\n'),
    );
    expect(resources).toHaveLength(2 * count);
  });
});
