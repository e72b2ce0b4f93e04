import { execFileSync } from 'node:child_process';
import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { appendFile, link, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBounded, type FileError, type ReadLimits } from '../../src/model/files/readBounded.ts';
import { directoryOf } from '../fixtures/desired/directory.ts';

const maxBytes = 1024;

/** Reads a file. Returns its text, or why it was not read. */
const read = (path: string, limits: Partial<ReadLimits> = {}): Promise<string> =>
  readBounded(path, { maxBytes, ...limits }).then(
    (bytes) => `text: ${new TextDecoder().decode(bytes)}`,
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** Creates a directory with all kinds of entries, and a file outside it. */
async function directory(): Promise<string> {
  const path = await directoryOf({ 'plain.txt': 'inside', 'full.txt': 'x'.repeat(maxBytes) });
  await writeFile(join(path, '../outside.txt'), 'outside');
  await writeFile(join(path, 'sparse.bin'), '');
  await truncate(join(path, 'sparse.bin'), 2 ** 31);
  execFileSync('mkfifo', [join(path, 'pipe')]);
  const server = createServer().listen(join(path, 'socket'));
  onTestFinished(() => void server.close());
  for (const [name, target] of [
    ['to-plain', 'plain.txt'],
    ['to-outside', '../outside.txt'],
    ['to-itself', 'to-itself'],
    ['to-environment', '/proc/self/environ'],
  ] as const)
    await symlink(target, join(path, name));
  await link(join(path, 'plain.txt'), join(path, 'other-name.txt'));
  return path;
}

describe('a file is checked after it is opened', () => {
  it.each([
    { name: 'plain.txt', is: 'text: inside', because: 'it is a small regular file' },
    {
      name: 'full.txt',
      is: `text: ${'x'.repeat(maxBytes)}`,
      because: 'it has exactly the greatest size',
    },
    { name: 'to-plain', is: 'text: inside', because: 'links are resolved' },
    {
      name: 'pipe',
      is: 'FileError: is not a regular file',
      because: 'a wait for its writer would never end',
    },
    {
      name: 'socket',
      is: 'FileError: is not a regular file',
      because: 'a socket cannot be opened',
    },
    { name: '.', is: 'FileError: is not a regular file', because: 'it is a directory' },
    {
      name: 'sparse.bin',
      is: 'FileError: is larger than 1024 bytes',
      because: '2 GB are refused before they are read',
    },
    { name: 'missing', is: 'FileError: does not exist', because: 'it does not exist' },
    { name: 'plain.txt/x', is: 'FileError: is not a directory', because: 'a file has no entries' },
    {
      name: 'to-itself',
      is: 'FileError: is a link that leads back to itself',
      because: 'it leads to no file',
    },
    { name: 'a\0b', is: 'FileError: has a name that no file can have', because: 'NUL ends a name' },
    {
      name: 'x'.repeat(300),
      is: 'FileError: has too long a name',
      because: 'a name has at most 255 bytes',
    },
  ])('$name: $because', async ({ name, is }) => {
    expect(await read(`${await directory()}/${name}`)).toBe(is);
  });

  it.each(['/dev/zero', '/dev/null', '/dev/tty', '/proc/self/fd'])(
    '%s is not a regular file',
    async (path) => {
      expect(await read(path)).toMatch(/^FileError: (is not a regular file|does not exist)$/);
    },
  );

  it.each(['/proc/self/environ', '/proc/self/cmdline', '/proc/self/maps', '/proc/self/mem'])(
    '%s is empty: the kernel generates its content, so its size is 0',
    async (path) => {
      expect(await read(path)).toBe('text: ');
    },
  );
});

describe('a file must be in a directory', () => {
  const outside = 'FileError: is outside the directory that it must be in';
  it.each([
    { name: 'plain.txt', is: 'text: inside', because: 'it is inside' },
    { name: 'to-plain', is: 'text: inside', because: 'its link leads to a file inside' },
    { name: 'to-outside', is: outside, because: 'its link leads out' },
    { name: '../outside.txt', is: outside, because: 'its name leads out' },
    { name: 'to-environment', is: outside, because: 'it is the environment of this process' },
    { name: 'pipe', is: 'FileError: is not a regular file', because: 'the other checks apply too' },
  ])('$name: $because', async ({ name, is }) => {
    const within = await directory();
    expect(await read(`${within}/${name}`, { within })).toBe(is);
  });

  /** Ways to change the path to a file. Each turn makes `x/secret` lead to the other of two files. */
  const swaps: readonly { name: string; swap: (within: string, turn: number) => void }[] = [
    {
      name: 'a link in place of the file',
      swap(within, turn) {
        symlinkSync(turn % 2 === 0 ? '../plain/secret' : '../../o/secret', join(within, 'next'));
        renameSync(join(within, 'next'), join(within, 'x/secret'));
      },
    },
    {
      name: 'a link in place of its directory',
      swap(within, turn) {
        if (turn % 2 === 0) {
          renameSync(join(within, 'x'), join(within, 'kept'));
          symlinkSync('../o', join(within, 'x'));
        } else {
          unlinkSync(join(within, 'x'));
          renameSync(join(within, 'kept'), join(within, 'x'));
        }
      },
    },
  ];

  // A read waits for the system about six times, and the path changes during each wait: a check by name soon fails.
  it.each(swaps)('$name, planted during the read, does not lead outside', async ({ swap }) => {
    const within = await directoryOf({ 'plain/secret': 'inside', 'x/secret': 'inside' });
    await mkdir(join(within, '../o'));
    await writeFile(join(within, '../o/secret'), 'outside');
    const stop = new AbortController();
    const swapAll = async (): Promise<void> => {
      for (let turn = 0; !stop.signal.aborted; turn += 1) {
        swap(within, turn);
        await setImmediate();
      }
    };
    const swapping = swapAll();
    const seen = new Set<string>();
    for (let i = 0; i < 3000; i += 1) seen.add(await read(join(within, 'x/secret'), { within }));
    stop.abort();
    await swapping;
    expect([...seen]).toContain('text: inside');
    expect([...seen]).not.toContain('text: outside');
  });
});

it('a forbidden file is refused under all of its names', async () => {
  const path = await directory();
  const except = [join(path, 'to-plain'), join(path, 'missing')];
  for (const name of ['plain.txt', 'to-plain', 'other-name.txt'])
    expect(await read(join(path, name), { except })).toBe(
      'FileError: holds a credential of Holdfast',
    );
  expect(await read(join(path, 'full.txt'), { except })).toMatch(/^text: x/);
});

it('a file is read up to its size when it was opened', async () => {
  const path = join(await directoryOf({ growing: '' }), 'growing');
  const seen = new Set<number | string>();
  for (let turn = 0; turn < 200; turn += 1) {
    await writeFile(path, 'x'.repeat(100));
    const reading = readBounded(path, { maxBytes }).then(
      ({ length }) => length,
      (error: FileError) => error.code,
    );
    await appendFile(path, 'y'.repeat(10_000));
    seen.add(await reading);
  }
  // It grew before or after it was opened.
  expect(['TOO_LARGE', 100]).toEqual(expect.arrayContaining([...seen]));
});
