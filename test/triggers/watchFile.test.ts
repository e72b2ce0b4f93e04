import {
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchFile } from '../../src/triggers/watchFile.ts';

/** Watches `settings.yaml` in a temporary directory, and reads it only at hints. */
async function follow() {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-')));
  const file = join(base, 'settings.yaml');
  const looks = new Set<() => void>();
  const start = () =>
    watchFile({
      file,
      onHint: () => {
        for (const look of looks) look();
      },
    });
  /** Makes the change; resolves when the file has the text at a hint, or is missing if the text is undefined. */
  const sees = async (text: string | undefined, change: () => Promise<unknown>) => {
    const seen = Promise.withResolvers<void>();
    const look = (): void =>
      void readFile(file, 'utf8')
        .catch(() => undefined)
        .then((found) => found === text && seen.resolve());
    looks.add(look);
    await change();
    await seen.promise;
    looks.delete(look);
  };
  return { base, file, start, sees, [Symbol.asyncDispose]: () => rm(base, { recursive: true }) };
}

test('a file that is written, renamed over, removed, and written again', async () => {
  await using it = await follow();
  await writeFile(it.file, 'one');
  using _ = it.start();
  await it.sees('two', () => writeFile(it.file, 'two'));
  await it.sees('three', async () => {
    await writeFile(`${it.file}.new`, 'three');
    await rename(`${it.file}.new`, it.file);
  });
  await it.sees(undefined, () => rm(it.file));
  await it.sees('four', () => writeFile(it.file, 'four'));
});

test('a ConfigMap whose ..data is swapped', async () => {
  await using it = await follow();
  for (const version of ['1', '2']) {
    await mkdir(join(it.base, `..${version}`));
    await writeFile(join(it.base, `..${version}/settings.yaml`), version);
  }
  await symlink('..1', join(it.base, '..data'));
  await symlink('..data/settings.yaml', it.file);
  using _ = it.start();
  await it.sees('2', async () => {
    await symlink('..2', join(it.base, '..data_tmp'));
    await rename(join(it.base, '..data_tmp'), join(it.base, '..data'));
  });
});

test('a watcher that is disposed of gives no hint, and leaves another one of the same file', async () => {
  await using it = await follow();
  await writeFile(it.file, 'one');
  using _ = it.start();
  let late = 0;
  watchFile({ file: it.file, onHint: () => (late += 1) })[Symbol.dispose]();
  await it.sees('two', () => writeFile(it.file, 'two'));
  expect(late).toBe(0);
});
