import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStage } from '../../src/setup/stage.ts';

async function config(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-stage-test-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const read = (...parts: readonly string[]) => readFile(join(...parts), 'utf8');
const old = { 'a.yaml': 'old\n' };

test('tried texts exist only in the copy, and are replaced by the next ones', async () => {
  await using it = await config(old);
  await using stage = await openStage(it.path);
  await stage.tryOut(new Map(Object.entries({ 'a.yaml': 'new\n', 'b.yaml': 'new\n' })));
  expect(await read(stage.directory, 'a.yaml')).toBe('new\n');
  await stage.tryOut(new Map());
  expect(await read(stage.directory, 'a.yaml')).toBe('old\n');
  expect(await readdir(stage.directory)).not.toContain('b.yaml');
  expect(await readdir(it.path)).toEqual(['a.yaml']);
});

test('kept texts replace the file and keep its mode; no temporary file is left', async () => {
  await using it = await config(old);
  await chmod(join(it.path, 'a.yaml'), 0o600);
  await using stage = await openStage(it.path);
  await stage.keep(new Map([['a.yaml', 'new\n']]));
  expect(await read(it.path, 'a.yaml')).toBe('new\n');
  expect((await stat(join(it.path, 'a.yaml'))).mode & 0o777).toBe(0o600);
  expect(await readdir(it.path)).toEqual(['a.yaml']);
});

test('if a file changed meanwhile, nothing is written', async () => {
  await using it = await config(old);
  await using stage = await openStage(it.path);
  await writeFile(join(it.path, 'a.yaml'), 'theirs\n');
  const texts = new Map(Object.entries({ 'b.yaml': 'new\n', 'a.yaml': 'new\n' }));
  await expect(stage.keep(texts)).rejects.toThrow('a.yaml changed meanwhile');
  expect(await read(it.path, 'a.yaml')).toBe('theirs\n');
  expect(await readdir(it.path)).toEqual(['a.yaml']);
});

test('a link is kept, and its target is written', async () => {
  await using it = await config(old);
  await symlink('a.yaml', join(it.path, 'link.yaml'));
  await using stage = await openStage(it.path);
  await stage.keep(new Map([['link.yaml', 'new\n']]));
  expect(await read(it.path, 'a.yaml')).toBe('new\n');
});

test('a file behind a link out of the directory is not written', async () => {
  await using it = await config({});
  await using outside = await config(old);
  await symlink(join(outside.path, 'a.yaml'), join(it.path, 'a.yaml'));
  await using stage = await openStage(it.path);
  const keeping = stage.keep(new Map([['a.yaml', 'new\n']]));
  await expect(keeping).rejects.toThrow('which is outside the directory');
  expect(await read(outside.path, 'a.yaml')).toBe('old\n');
});

test('a file of a subdirectory is read from the copy, kept, and restored', async () => {
  await using it = await config({});
  await mkdir(join(it.path, 'sub'));
  await writeFile(join(it.path, 'sub', 'a.yml'), 'old\n');
  await using stage = await openStage(it.path);
  expect(await stage.read('sub/a.yml')).toBe('old\n');
  expect(await stage.read('sub/none.yml')).toBeUndefined();
  await stage.keep(new Map([['sub/a.yml', 'new\n']]));
  expect(await read(it.path, 'sub', 'a.yml')).toBe('new\n');
  await stage.restore(['sub/a.yml']);
  expect(await read(it.path, 'sub', 'a.yml')).toBe('old\n');
});

test('tried texts are never written through a link to the config', async () => {
  await using it = await config(old);
  await symlink(join(it.path, 'a.yaml'), join(it.path, 'link.yaml'));
  await using stage = await openStage(it.path);
  await stage.tryOut(new Map([['link.yaml', 'new\n']]));
  expect(await read(stage.directory, 'link.yaml')).toBe('new\n');
  expect(await read(it.path, 'a.yaml')).toBe('old\n');
});

test('a directory for temporary files that other users control is refused', async () => {
  await using it = await config(old);
  await using temporary = await config({});
  const before = process.env['TMPDIR'];
  try {
    process.env['TMPDIR'] = temporary.path;
    await chmod(temporary.path, 0o777);
    await expect(openStage(it.path)).rejects.toThrow('can be written by other users (mode 0777)');
    await chmod(temporary.path, 0o1777);
    await using stage = await openStage(it.path);
    expect((await stat(stage.directory)).mode & 0o777).toBe(0o700);
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

test.each([
  { out: 'sub', isConfig: true, name: 'sub/x.yaml' },
  { out: '.', isConfig: true, name: 'x.yaml' },
  { out: '.hidden', isConfig: false, name: 'hidden/x.yaml' },
  { out: '../elsewhere', isConfig: false, name: 'elsewhere/x.yaml' },
])('$out is part of the config: $isConfig', async ({ out, isConfig, name }) => {
  await using it = await config({});
  await mkdir(join(it.path, 'config'));
  await using stage = await openStage(join(it.path, 'config'), join(it.path, 'config', out));
  expect(stage.isConfig).toBe(isConfig);
  expect(stage.nameOf('x.yaml')).toBe(name);
});

test('the copy is removed', async () => {
  await using it = await config(old);
  const { directory, ...stage } = await openStage(it.path);
  await stage[Symbol.asyncDispose]();
  await expect(stat(directory)).rejects.toThrow('ENOENT');
});
