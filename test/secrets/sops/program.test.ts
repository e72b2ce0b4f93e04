import { execFileSync, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSecretReaders } from '../../../src/secrets/read.ts';
import { directoryOf } from '../../fixtures/desired/directory.ts';
import { virtualClock } from '../../support/virtualClock.ts';
import { fixture, identityFile, readFixture, readSops, withIdentity } from './fixtures.ts';

const isInstalled = spawnSync('sops', ['--version']).status === 0;
if (!isInstalled)
  console.error(
    'SKIPPED: the program sops is not compared with, since it is not installed (go install github.com/getsops/sops/v3/cmd/sops@v3.11.0)',
  );

const env = { PATH: process.env['PATH'], SOPS_AGE_KEY_FILE: identityFile };

const sops = (...args: readonly string[]): string =>
  execFileSync('sops', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

const recipient = async (): Promise<string> =>
  /age1\w+/.exec(await readFile(identityFile, 'utf8'))?.[0] ?? '';

describe.skipIf(!isInstalled)('with the program sops', () => {
  it.each(['secrets.yaml', 'secrets.json', 'secrets.env', 'rules.yaml', 'documents.yaml'])(
    '%s, encrypted just now, gives the values that the program gives',
    async (name) => {
      const directory = await directoryOf({ [name]: await fixture(`plain/${name}`) });
      const path = join(directory, name);
      sops('--config', '/dev/null', 'encrypt', '--in-place', '--age', await recipient(), path);
      const read = createSecretReaders(withIdentity, virtualClock())({});
      const keys = ['db.password', 'db.port', 'db.certificate', 'since', 'no', '10', 'slash'];
      const given = async (key: string) => {
        const steps = key.split('.').map((step) => `["${step}"]`);
        const [ours, theirs] = [
          await read({ from: 'sops', path, within: directory, key }).catch(() => 'none'),
          spawnSync('sops', ['decrypt', '--extract', steps.join(''), path], { env }),
        ];
        return [key, ours.trim(), theirs.status === 0 ? String(theirs.stdout).trim() : 'none'];
      };
      const all = [...keys, 'TOKEN', 'MULTI', 'data.password', 'metadata.count', 'token'];
      const values = await Promise.all(all.map(given));
      expect(values.map(([key, ours]) => [key, ours])).toEqual(
        values.map(([key, , theirs]) => [key, theirs]),
      );
      expect(values.some(([, ours]) => ours !== 'none')).toBe(true);
    },
  );

  it('a file that it changed is read, and one that both refuse is refused', async () => {
    const directory = await directoryOf({ 'a.yaml': await fixture('secrets.yaml') });
    const path = join(directory, 'a.yaml');
    sops('set', path, '["db"]["password"]', '"another"');
    const content = await readFile(path, 'utf8');
    expect(await readSops({ name: 'a.yaml', content }, 'db.password')).toBe('another');
    const changed = await directoryOf({ 'a.yaml': content.replace('ny2', 'ny3') });
    expect(spawnSync('sops', ['decrypt', join(changed, 'a.yaml')], { env }).status).not.toBe(0);
  });

  it('what is not read without it is opened by it', async () => {
    expect(await readFixture('comment-rule.yaml', 'password', env)).toBe('hunter2');
    expect(await readFixture('secrets.ini', 'db.password', env)).toBe('hunter2');
    expect(await readFixture('for-another.yaml', 'data.password', env)).toBe(
      'refused: sops failed (exit code 128)',
    );
  });
});
