import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadDesired } from '../../src/desired/load.ts';
import { positionText } from '../../src/model/resource.ts';
import type { Desired } from '../../src/model/resource.ts';
import { catalog } from '../support/team.ts';

const root = join(import.meta.dirname, '../..');
const page = await readFile(join(root, 'ARCHITECTURE.md'), 'utf8');

/** A copy of the example, in which a test may change something. */
async function example(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-example-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await cp(join(root, 'config'), directory, { recursive: true });
  return directory;
}

async function resources(): Promise<readonly Desired[]> {
  const loaded = await loadDesired(join(root, 'config'), catalog);
  if (!loaded.ok) throw new Error('the example is not valid');
  return loaded.state.resources;
}

test('ARCHITECTURE.md quotes a line of the example as it stands there', async () => {
  const quotes = [
    ...page.matchAll(
      /`([^`]+)` stands in `(config\/[\w./]+)`, line (\d+), column (\d+), under `([\w-]+)`/g,
    ),
  ];
  expect(quotes).not.toEqual([]);
  for (const [, text = '', file = '', line, column, name] of quotes) {
    const lines = (await readFile(join(root, file), 'utf8')).split('\n');
    expect(lines[Number(line) - 1]).toBe(' '.repeat(Number(column) - 1) + text);
    const [field = '', value] = text.split(': ');
    const resource = (await resources()).find((one) => one.name === name);
    expect(String(resource?.spec[field])).toBe(value);
  }
});

test('it quotes the places of resources as the loader tells them', async () => {
  const quotes = [
    ...page.matchAll(
      /address: ([\w-]+\/[\w-]+), spec: \{ (\w+): (\w+)[^}]*\}, source: ([\w.:-]+)/g,
    ),
  ];
  expect(quotes).not.toEqual([]);
  for (const [, address, field = '', value, place] of quotes) {
    const resource = (await resources()).find((one) => one.address === address);
    expect(resource && positionText(resource.source)).toBe(place);
    expect(String(resource?.spec[field])).toBe(value);
  }
});

test('it quotes the place of the problem that a wrong value would be', async () => {
  const [, wrong = '', place] =
    /Had it been\s+`([^`]+)`, the answer would have been a `Problem` at ([\w.:-]+),/.exec(page) ??
    [];
  const directory = await example();
  const path = join(directory, 'machines.yaml');
  const text = await readFile(path, 'utf8');
  const field = wrong.replace(/:.*/, '');
  await writeFile(path, text.replace(new RegExp(`${field}: \\w+`), wrong));
  const loaded = await loadDesired(directory, catalog);
  expect(loaded.ok ? [] : loaded.problems.map(positionText)).toEqual([place]);
});

test('what it says of lifecycles is so in the example', async () => {
  const [, without, having] =
    /`([\w-]+)`\s+does\s+not\s+set\s+`lifecycle.allowStop`.*\sFor\s+`([\w-]+)`,\s+which\s+does/s.exec(
      page,
    ) ?? [];
  const allowed = (await resources())
    .filter(({ name }) => name === without || name === having)
    .map(({ name, lifecycle }) => [name, lifecycle.allowStop]);
  expect(allowed).toEqual([
    [without, false],
    [having, true],
  ]);
});

test('it names no file of the example that is not there, and no place that is not checked', async () => {
  for (const [, file = ''] of page.matchAll(/`(config\/[\w./-]+)`/g))
    expect(await readFile(join(root, file), 'utf8')).not.toBe('');
  const places = new Set([...page.matchAll(/[\w-]+\.yaml:\d+:\d+/g)].map(([place]) => place));
  expect(places.size).toBe(2);
});

test('the sizes that it quotes are the same', () => {
  const [, bytes, gigabytes] =
    /storageTotal: "(\d+)".*`diskSize: (\d+)`/s.exec(page.slice(page.indexOf('**observe**'))) ?? [];
  expect(Number(bytes) / 2 ** 30).toBe(Number(gigabytes));
});
