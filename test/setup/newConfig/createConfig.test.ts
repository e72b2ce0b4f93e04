import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createConfig } from '../../../src/setup/newConfig/createConfig.ts';

async function place() {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-new-config-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const texts = new Map([
  ['holdfast.yaml', 'settings: {}\n'],
  ['schema/settings.json', '{}\n'],
]);

/** Everything below a directory. */
const entriesOf = async (path: string) => (await readdir(path, { recursive: true })).toSorted();

test.each([
  ['a directory that does not exist', 'a/b'],
  ['a directory that exists', '.'],
])('writes the files into %s', async (_, name) => {
  await using here = await place();
  await createConfig(join(here.path, name), texts);
  for (const [file, text] of texts)
    expect(await readFile(join(here.path, name, file), 'utf8')).toBe(text);
});

test('files that are no config do not matter', async () => {
  await using here = await place();
  await writeFile(join(here.path, 'README.md'), '');
  await mkdir(join(here.path, '.git'));
  await writeFile(join(here.path, '.git/a.yaml'), '');
  await createConfig(here.path, texts);
  expect(await entriesOf(here.path)).toContain('holdfast.yaml');
});

interface Refused {
  readonly what: string;
  readonly because: string;
  readonly prepare: (path: string) => Promise<unknown>;
  readonly message: RegExp;
}

test.each<Refused>([
  {
    what: 'one of the files',
    because: 'no file is ever replaced',
    prepare: (path) => writeFile(join(path, 'holdfast.yaml'), 'mine\n'),
    message: /config already, so nothing was written: holdfast\.yaml; /,
  },
  {
    what: 'the last of the files',
    because: 'the first is not written either',
    prepare: async (path) => {
      await mkdir(join(path, 'schema'));
      await writeFile(join(path, 'schema/settings.json'), 'mine\n');
    },
    message: /config already, so nothing was written: schema\/settings\.json; /,
  },
  {
    what: 'a link that leads nowhere',
    because: 'writing through it would create a file elsewhere',
    prepare: (path) => symlink('/nowhere/at/all', join(path, 'schema')),
    message: /no config was written: cannot create the directory|cannot open/,
  },
  {
    what: 'other YAML, in a directory of its own',
    because: 'it would be read together with the new files',
    prepare: async (path) => {
      await mkdir(join(path, 'more'));
      await writeFile(join(path, 'more/machines.yml'), '{}\n');
    },
    message: /config already, so nothing was written: more\/machines\.yml; /,
  },
  {
    what: 'a file where a directory must be',
    because: 'the failure comes after the first file was written, which is removed again',
    prepare: (path) => writeFile(join(path, 'schema'), 'mine\n'),
    message: /no config was written: .*not a directory/,
  },
])('refuses $what: $because', async ({ prepare, message }) => {
  await using here = await place();
  await prepare(here.path);
  const before = await entriesOf(here.path);
  await expect(createConfig(here.path, texts)).rejects.toThrow(message);
  await expect(createConfig(here.path, texts)).rejects.toMatchObject({ name: 'UserError' });
  expect(await entriesOf(here.path)).toEqual(before);
});

test.each<Refused>([
  {
    what: 'a file',
    because: 'a config is a directory',
    prepare: (path) => writeFile(path, 'mine\n'),
    message: /config is not a directory, so nothing was written/,
  },
  {
    what: 'a link that leads nowhere',
    because: 'its owner meant another place',
    prepare: (path) => symlink('/nowhere/at/all', path),
    message: /no config was written: cannot .*no such file or directory/,
  },
  {
    what: 'a link to itself',
    because: 'it leads to no directory',
    prepare: (path) => symlink(path, path),
    message: /no config was written: .*symbolic links/,
  },
])('refuses $what as the directory: $because', async ({ prepare, message }) => {
  await using here = await place();
  await prepare(join(here.path, 'config'));
  const attempt = createConfig(join(here.path, 'config'), texts);
  await expect(attempt).rejects.toThrow(message);
  await expect(attempt).rejects.toMatchObject({ name: 'UserError' });
  expect(await entriesOf(here.path)).toEqual(['config']);
});

test('a failure leaves no directory that was made for the config', async () => {
  await using here = await place();
  const tooLong = new Map([...texts, [`${'x'.repeat(300)}.json`, '']]);
  await expect(createConfig(join(here.path, 'a/b'), tooLong)).rejects.toThrow(
    /^no config was written: .*the name is too long/,
  );
  expect(await entriesOf(here.path)).toEqual([]);
});

/** Texts before the last of which another program creates a file. */
class Disturbed extends Map<string, string> {
  readonly #other: string;

  constructor(other: string, names: readonly string[]) {
    super(names.map((name) => [name, '']));
    this.#other = other;
  }

  override *[Symbol.iterator](): MapIterator<[string, string]> {
    const last = [...this.keys()].at(-1);
    for (const entry of this.entries()) {
      if (entry[0] === last) writeFileSync(this.#other, 'mine\n');
      yield entry;
    }
  }
}

test('a failure names what it could not remove', async () => {
  await using here = await place();
  const config = join(here.path, 'config');
  const other = join(config, 'schema/other.json');
  const disturbed = new Disturbed(other, ['schema/a.json', `${'x'.repeat(300)}.json`]);
  await expect(createConfig(config, disturbed)).rejects.toThrow(
    `remove ${join(config, 'schema')}, ${config} before you try again`,
  );
  expect(await entriesOf(here.path)).toEqual([
    'config',
    'config/schema',
    'config/schema/other.json',
  ]);
});

test('a file that appears after the check is not replaced', async () => {
  await using here = await place();
  const other = join(here.path, 'b.yaml');
  await expect(createConfig(here.path, new Disturbed(other, ['a.yaml', 'b.yaml']))).rejects.toThrow(
    /^no config was written: .*b\.yaml: something else exists there/,
  );
  expect(await entriesOf(here.path)).toEqual(['b.yaml']);
  expect(await readFile(other, 'utf8')).toBe('mine\n');
});
