import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResourceKind } from '../../src/model/kind/kind.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { catalog } from '../fixtures/desired/catalog.ts';
import { addFiles, directoryOf, problemsIn } from '../fixtures/desired/directory.ts';

/**
 * Each fixture is a file or a directory of files, named for its mistake. Its first comment says why that is a mistake.
 * A comment `# => 5:3 rule: message` is an expected problem of the file that contains it.
 */
const fixtures = join(import.meta.dirname, '../fixtures/desired/invalid');

interface Fixture {
  readonly name: string;
  readonly because: string;
  readonly path: string;
  readonly isFile: boolean;
  readonly problems: readonly string[];
}

const fixtureOf = (name: string): Fixture => {
  const path = join(fixtures, name);
  const isFile = statSync(path).isFile();
  const files = isFile ? [''] : readdirSync(path, { recursive: true, encoding: 'utf8' });
  const yaml = files
    .filter((file) => isFile || file.endsWith('.yaml'))
    .map((file) => ({ name: file || 'team.yaml', text: readFileSync(join(path, file), 'utf8') }));
  return {
    name: name.replace(/\.yaml$/, ''),
    because: /^# (?!=>)(.*)$/m.exec(yaml.map(({ text }) => text).join('\n'))?.[1] ?? '',
    path,
    isFile,
    problems: yaml.flatMap((file) =>
      [...file.text.matchAll(/^# => (.*)$/gm)].map(([, problem]) => `${file.name}:${problem}`),
    ),
  };
};

const load = async ({ path, isFile }: Fixture) => {
  if (!isFile) return loadDesired(path, catalog);
  const directory = await directoryOf({});
  await cp(path, join(directory, 'team.yaml'));
  return loadDesired(directory, catalog);
};

describe('problems are reported with their position', () => {
  it.each(readdirSync(fixtures).map(fixtureOf))('$name: $because', async (fixture) => {
    const loaded = await load(fixture);

    const told = loaded.ok
      ? []
      : loaded.problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.rule}: ${p.message}`);
    expect(fixture.problems).not.toEqual([]);
    expect(told.toSorted()).toEqual(fixture.problems.toSorted());
  });
});

it('reports every problem of every file, by file, line, and column', async () => {
  const directory = await directoryOf({});
  for (const fixture of ['wrong-values', 'unknown-field', 'plain-secret'])
    await cp(join(fixtures, `${fixture}.yaml`), join(directory, `${fixture}.yaml`));
  await addFiles(directory, { 'holdfast.yaml': 'settings: { mode: x }' });

  const loaded = await loadDesired(directory, catalog);

  const places = loaded.ok ? [] : loaded.problems.map((p) => [p.file, p.line, p.column] as const);
  expect(new Set(places.map(([file]) => file)).size).toBe(4);
  expect(places).toEqual(
    places.toSorted(([a, b, c], [d, e, f]) => (a < d ? -1 : a > d ? 1 : 0) || b - e || c - f),
  );
});

describe('the region of a referenced resource', () => {
  const [network] = catalog.kinds.values();
  const link = { type: 'string', references: 'links' };
  const fields = {
    links: { next: link, machine: { type: 'string', references: 'machines' } },
    views: { region: { type: 'string' }, link: { ...link, sameRegion: true } },
  };
  const kinds = Object.entries(fields).flatMap(([name, properties]) =>
    network ? [{ ...network, name, schema: { type: 'object', properties } as const }] : [],
  );
  const withLinks = {
    ...catalog,
    kinds: new Map<string, ResourceKind>([
      ...catalog.kinds,
      ...kinds.map((kind) => [kind.name, kind] as const),
    ]),
  };

  it.each([
    { links: 1, tells: true, because: 'it is the region of the resource that it is made from' },
    { links: 8, tells: true, because: 'indirect references count too' },
    { links: 9, tells: false, because: 'the number of steps is limited' },
  ])('$links links away: $because', async ({ links, tells }) => {
    const chain = Array.from({ length: links - 1 }, (_, i) => `l${i + 1}: { next: l${i + 2} }, `);
    const directory = await directoryOf({
      'team.yaml': `machines: { m: { machineType: C5, template: { os: x }, region: ca1, diskSize: 50 } }
links: { ${chain.join('')}l${links}: { machine: m } }
views: { v: { region: ny2, link: l1 }, w: { region: ca1, link: l1 } }`,
    });
    expect(problemsIn(await loadDesired(directory, withLinks))).toEqual(
      tells
        ? ['3:34 other-region: link of views/v, which is in ny2, names links/l1, which is in ca1']
        : [],
    );
  });
});

it('never shows a secret', async () => {
  const secrets = readdirSync(fixtures)
    .map(fixtureOf)
    .filter(({ path, isFile }) => isFile && readFileSync(path, 'utf8').includes('hunter2'));
  expect(secrets.length).toBeGreaterThan(2);
  for (const fixture of secrets)
    expect(JSON.stringify(await load(fixture)), relative(fixtures, fixture.path)).not.toContain(
      'hunter2',
    );
});
