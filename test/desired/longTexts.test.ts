import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkOf } from '../../src/desired/validate/validator.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { addEntries } from '../../src/import/yaml/merge.ts';
import { timetableProblem } from '../../src/model/time/timetable.ts';
import { catalog } from '../support/team.ts';
import { directoryOf } from '../fixtures/desired/directory.ts';

/** Lines with this total length in bytes. */
const lines = (bytes: number, line: (i: number) => string): string => {
  const all: string[] = [];
  for (let length = 0; length < bytes; length += (all.at(-1)?.length ?? 0) + 1)
    all.push(line(all.length));
  return all.join('\n');
};

const machine = 'machineType: C5, template: { os: Ubuntu 22.04 }, region: ny2, diskSize: 50';
const long = 'x'.repeat(120);

/** The processor time of this thread, in milliseconds. */
async function work(run: () => unknown): Promise<number> {
  const start = process.threadCpuUsage();
  await run();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

/** Eight times the input takes about eight times the work. Quadratic work would take 64 times. */
async function expectLinear(run: (size: number) => unknown): Promise<void> {
  await work(() => run(5000));
  const [small, large] = [await work(() => run(20_000)), await work(() => run(160_000))];
  expect(large, `${small} ms, and then ${large} ms`).toBeLessThan(28 * Math.max(small, 10));
}

describe('a long text is read in linear time', () => {
  it.each<{ place: string; yaml: (size: number) => string }>([
    { place: 'braces in a name', yaml: (n) => `machines: { "{${','.repeat(n)}": }` },
    {
      place: 'braces in an absent name',
      yaml: (n) => `absent: { machines: ["{${','.repeat(n)}"] }`,
    },
    {
      place: 'braces in a reference',
      yaml: (n) => `machines: { a: { ${machine}, network: "{${','.repeat(n)}" } }`,
    },
    {
      place: 'braces in a former name',
      yaml: (n) =>
        `machines: { a: { ${machine}, lifecycle: { formerName: "{${','.repeat(n)}" } } }`,
    },
    {
      place: 'long names that are nearly those of references',
      yaml: (n) =>
        `privateNetworks:\n${lines(n / 2, (i) => `  ${long}${i}: { region: ny2 }`)}\nmachines:\n${lines(n / 2, (i) => `  m${i}: { ${machine}, network: ${long}y${i} }`)}`,
    },
    {
      place: 'timetables',
      yaml: (n) =>
        `machines:\n${lines(n, (i) => `  m${i}: { ${machine}, state: { running: "A${' '.repeat(480)}${i}" } }`)}`,
    },
    {
      place: 'fields that do not exist',
      yaml: (n) => `machines: { a: { ${lines(n, (i) => `f${i}: 1,`).replaceAll('\n', ' ')} } }`,
    },
    {
      place: 'a member’s address',
      yaml: (n) => `teamMembers: { "${'a@'.repeat(n / 2)}": { role: admin } }`,
    },
    {
      place: 'the path of a file',
      yaml: (n) => `teamSecrets: { s: { value: { file: "${'a/'.repeat(n / 2)}" } } }`,
    },
    {
      place: 'an id',
      yaml: (n) => `machines: { a: { ${machine}, network: { id: ${'x'.repeat(n)} } } }`,
    },
  ])('$place', async ({ yaml }) => {
    const directory = await directoryOf({});
    await expectLinear(async (size) => {
      await writeFile(join(directory, 'team.yaml'), yaml(size));
      await loadDesired(directory, catalog);
    });
  });

  it.each<{ place: string; settings: (size: number) => string }>([
    { place: 'a cron expression', settings: (n) => `schedule: "${'1-9,'.repeat(n / 4)}"` },
    { place: 'a duration', settings: (n) => `visibility: "${'1s'.repeat(n / 2)}"` },
    { place: 'an address', settings: (n) => `server: { listen: "${'a.'.repeat(n / 2)}:1" }` },
    { place: 'a time zone', settings: (n) => `timezone: "${'A/'.repeat(n / 2)}"` },
    { place: 'a store', settings: (n) => `store: "postgres://${'a@'.repeat(n / 2)}"` },
  ])('$place', async ({ settings }) => {
    const directory = await directoryOf({});
    await expectLinear(async (size) => {
      await writeFile(join(directory, 'holdfast.yaml'), `settings: { ${settings(size)} }`);
      await loadDesired(directory, catalog);
    });
  });

  it('items that must be unique', async () => {
    const schema = { type: 'array', items: {}, uniqueItems: true };
    const check = checkOf(schema);
    const itemsOf = (size: number) => Array.from({ length: size / 10 }, (_, a) => ({ a }));
    await expectLinear((size) => expect(check(itemsOf(size))).toEqual([]));
    expect(check([1, 2, 1, 2]).map(({ params }) => params)).toEqual([
      { i: 0, j: 2 },
      { i: 1, j: 3 },
    ]);
  });

  it('comments after which an import adds entries', async () => {
    await expectLinear((size) => {
      const text = `projects:\n  a:\n${lines(size, () => '  # comment')}\n`;
      expect(addEntries(text, 'projects', { b: {} })).toMatch(/ {2}# comment\n {2}b: \{\}\n$/);
    });
  });

  it('a timetable of any length', async () => {
    await expectLinear((size) => timetableProblem({ running: `A${' '.repeat(size)}x` }));
  });
});

it('many links in a directory are followed in linear time', async () => {
  const directoryWith = async (count: number): Promise<string> => {
    const directory = await directoryOf({ 'team.yaml': '' });
    for (let i = 0; i < count; i += 1) await symlink('team.yaml', join(directory, `l${i}.yaml`));
    return directory;
  };
  const [few, many] = [await directoryWith(500), await directoryWith(4000)];
  await loadDesired(few, catalog);
  const small = await work(() => loadDesired(few, catalog));
  const large = await work(() => loadDesired(many, catalog));
  expect(large).toBeLessThan(28 * Math.max(small, 10));
});

it('names, name patterns, and ids have a maximum length', async () => {
  const bounds = [
    [
      `projects: { ${'x'.repeat(129)}: }`,
      /is not a valid name: it takes 1 to 128 printable characters/,
    ],
    [`projects: { "{${'a,'.repeat(600)}b}": }`, /is longer than 1024 characters/],
    [
      `machines: { a: { ${machine}, network: { id: ${'x'.repeat(257)} } } }`,
      /at most 256 characters/,
    ],
    [
      `machines: { a: { ${machine}, network: { live: ${'x'.repeat(257)} } } }`,
      /at most 256 characters/,
    ],
    [
      `projects: { p: { tags: [${'a,'.repeat(100_001)}] } }`,
      /has 100001 members; it takes at most 100000/,
    ],
    [
      `projects: { p: { ${lines(9000, (i) => `f${i}: 1,`).replaceAll('\n', ' ')} } }`,
      /has 1\d+ fields; it takes at most 1000/,
    ],
    [
      `projects: { p: { lifecycle: { ignoreChanges: [${'a,'.repeat(1001)}] } } }`,
      /lifecycle of projects\/p holds 1001 members in one place; it takes at most 1000/,
    ],
  ] as const;
  for (const [yaml, says] of bounds) {
    const loaded = await loadDesired(await directoryOf({ 'team.yaml': yaml }), catalog);
    expect(loaded.ok ? [] : loaded.problems.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(says),
    );
  }
});
