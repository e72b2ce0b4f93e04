import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readApiKey } from '../../src/setup/team/apiTarget.ts';
import { UserError } from '../../src/console/userError.ts';

const keyIn = (path: string): Promise<string> =>
  readApiKey({ env: { PAPERSPACE_API_KEY_FILE: path } }, { apiKey: null });

let directory = '';
const at = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-key-'));
  await writeFile(at('key'), '\uFEFF pskey-1 \r\n');
  await symlink(at('key'), at('link'));
  await writeFile(at('empty'), '\n');
  await writeFile(at('huge'), 'x'.repeat(1024 * 1024));
  await mkdir(at('directory'));
  execFileSync('mkfifo', [at('fifo')]);
});
afterAll(() => rm(directory, { recursive: true }));

test.each(['key', 'link'])(
  'the %s file holds the key, whatever white space is around it',
  async (name) => {
    expect(await keyIn(at(name))).toBe('pskey-1');
  },
);

/** File name, and the message about it. */
const wrong: readonly (readonly [string, string])[] = [
  ['none', 'does not exist'],
  ['empty', 'is empty'],
  ['huge', 'is larger than 4096 bytes'],
  ['directory', 'is not a regular file'],
  ['fifo', 'is not a regular file'],
  ['key/below', 'is not a directory'],
  ['nul\u0000', 'has a name that no file can have'],
];
test.each(wrong)('%j is not a key file: it %s', async (name, words) => {
  const reading = keyIn(at(name));
  await expect(reading).rejects.toThrow(UserError);
  await expect(reading).rejects.toThrow(
    `PAPERSPACE_API_KEY_FILE: ${at(name)} ${words}; it must hold the API key and nothing else`,
  );
});

test('a device is not a key file', () =>
  expect(keyIn('/dev/zero')).rejects.toThrow('is not a regular file'));
