import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSecretReaders, readSecret } from '../../src/secrets/read.ts';
import { directoryOf, type Files } from '../fixtures/desired/directory.ts';
import { virtualClock } from '../support/virtualClock.ts';

/** The secret in a file, or the error. */
async function read(content: string | Uint8Array): Promise<string> {
  const path = join(await directoryOf({ key: content }), 'key');
  return readSecret({ from: 'file', path }, {}).catch((error: Error) =>
    error.message.replace(path, 'KEY'),
  );
}

describe('a secret in a file', () => {
  it.each([
    { content: 'hunter2', is: 'hunter2', because: 'it is the content' },
    { content: 'hunter2\n', is: 'hunter2', because: 'editors end files with a newline' },
    { content: 'hunter2\r\n', is: 'hunter2', because: 'or with CRLF' },
    { content: 'a\n\n', is: 'a\n', because: 'only one of them is removed' },
    { content: '', is: 'the secret file KEY is empty', because: 'an empty secret is refused' },
    { content: '\n', is: 'the secret file KEY is empty', because: 'a line break alone is empty' },
    {
      content: Uint8Array.from([0x61, 0xff]),
      is: 'the secret file KEY is not UTF-8',
      because: 'it could not be sent unchanged',
    },
    {
      content: 'x'.repeat(1024 * 1024 + 1),
      is: 'the secret file KEY is larger than 1048576 bytes',
      because: 'the API accepts no secret of that length',
    },
  ])('of $content.length characters: $because', async ({ content, is }) => {
    expect(await read(content)).toBe(is);
  });
});

/** A SOPS file that only the program opens. */
const forPgp = 'a: ENC\nsops: { mac: ENC, pgp: [{ fp: 85D7, enc: x }] }\n';

/** Creates a directory with a program `sops` that runs this script, and a reader that finds it. */
async function withSops(script: string, env: Readonly<Record<string, string>> = {}) {
  const files: Files = {
    'bin/sops': `#!/bin/sh\n${script}\n`,
    'a.yaml': forPgp,
    'b.yaml': forPgp,
  };
  const directory = await directoryOf(files);
  await chmod(join(directory, 'bin/sops'), 0o755);
  const clock = virtualClock();
  const PATH = `${join(directory, 'bin')}:${process.env['PATH']}`;
  const reader = createSecretReaders({ PATH, ...env }, clock)({});
  const of = (file: string) =>
    reader({ from: 'sops', path: join(directory, file), within: directory, key: 'a.b' });
  return { directory, clock, of };
}

const reasonOf = (reading: Promise<string>, directory: string): Promise<string> =>
  reading.then(
    (text) => `text: ${text}`,
    (error: Error) => error.message.replace(directory, ''),
  );

describe('a secret in a SOPS file without an age key', () => {
  it('is decrypted by the program, which gets the checked file, without a shell', async () => {
    const { of } = await withSops('printf "%s|" "$@"; cat');
    expect(await of('a.yaml')).toBe(
      `--decrypt|--input-type=yaml|--output-type=yaml|--extract|["a"]["b"]|/dev/stdin|${forPgp}`,
    );
  });

  it.each([
    { script: 'exit 128', is: 'a.b of /a.yaml: sops failed (exit code 128)' },
    { script: 'kill -9 $$', is: 'a.b of /a.yaml: sops failed (SIGKILL)' },
    {
      script: 'echo hunter2; echo hunter2 >&2; exit 1',
      is: 'a.b of /a.yaml: sops failed (exit code 1)',
    },
    { script: 'yes hunter2', is: 'a.b of /a.yaml: sops printed more than 1048576 bytes' },
  ])('$script: $is', async ({ script, is }) => {
    const { directory, of } = await withSops(script);
    expect(await reasonOf(of('a.yaml'), directory)).toBe(is);
  });

  it('needs the program', async () => {
    const directory = await directoryOf({ 'a.yaml': forPgp, 'a.ini': '' });
    const reader = createSecretReaders({ PATH: directory }, virtualClock())({});
    const of = (file: string) =>
      reasonOf(reader({ from: 'sops', path: join(directory, file), key: 'a' }), directory);
    expect(await of('a.yaml')).toBe(
      'a of /a.yaml: is encrypted for pgp 85D7, and there is no key for that; set SOPS_AGE_KEY or SOPS_AGE_KEY_FILE to the identity of an age recipient, or install the program sops',
    );
    expect(await of('a.ini')).toBe('a of /a.ini: the program sops is not installed');
  });

  it('is checked like any other file', async () => {
    const { directory, of } = await withSops('cat');
    expect(await reasonOf(of('../a.yaml'), directory)).toMatch(/: (does not exist|is outside)/);
    expect(await reasonOf(of('missing.yaml'), directory)).toBe(
      'a.b of /missing.yaml: does not exist',
    );
    expect(await reasonOf(of('bin'), directory)).toBe('a.b of /bin: is not a regular file');
  });

  it('passes on the variables that sops needs for its keys, and no others', async () => {
    const { of } = await withSops('env', {
      HOME: '/home/x',
      SOPS_AGE_KEY_FILE: '/keys',
      AWS_PROFILE: 'prod',
      HTTPS_PROXY: 'http://proxy',
      VAULT_TOKEN: 't',
      PAPERSPACE_API_KEY: 'hunter2',
      HOLDFAST_TOKEN: 'hunter2',
      HOLDFAST_SECRET_A: 'hunter2',
      DATABASE_URL: 'hunter2',
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: '/tmp/evil.so',
    });
    const names = (await of('a.yaml')).split('\n').map((line) => line.replace(/=.*/, ''));
    // Variables that the shell of this test sets itself.
    const byShell = new Set(['', '_', 'PWD', 'OLDPWD', 'SHLVL']);
    expect(names.filter((name) => !byShell.has(name)).toSorted()).toEqual([
      'AWS_PROFILE',
      'HOME',
      'HTTPS_PROXY',
      'PATH',
      'SOPS_AGE_KEY_FILE',
      'VAULT_TOKEN',
    ]);
  });
});

/** Whether a process has ended, or is a zombie. */
const isGone = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => / Z /.test(text),
    () => true,
  );

describe('a sops that does not end', () => {
  const hanging = 'sleep 1000 & echo "$! $$" > "${0%/*}/pids"; wait';

  it('is killed after 20 s with all its children, and the reason says so', async () => {
    const { directory, clock, of } = await withSops(hanging);
    const reading = reasonOf(of('a.yaml'), directory);
    const pids = join(directory, 'bin/pids');
    while (!(await stat(pids).catch(() => undefined))?.size) await setImmediate();
    await clock.asleep(1);
    clock.advance(20_000);
    expect(await reading).toBe('a.b of /a.yaml: sops did not end within 20 s');
    for (const pid of (await readFile(pids, 'utf8')).trim().split(' '))
      while (!(await isGone(Number(pid)))) await setImmediate();
  });

  it('fails other values of the same file at once, but not other files, and not later', async () => {
    const { directory, clock, of } = await withSops(hanging);
    const first = reasonOf(of('a.yaml'), directory);
    await clock.asleep(1);
    clock.advance(20_000);
    await first;
    expect(await reasonOf(of('a.yaml'), directory)).toBe(
      'a.b of /a.yaml: sops took too long for another value of this file',
    );
    const other = reasonOf(of('b.yaml'), directory);
    await clock.asleep(2);
    clock.advance(20_000);
    expect(await other).toBe('a.b of /b.yaml: sops did not end within 20 s');
    clock.advance(60_000);
    const again = reasonOf(of('a.yaml'), directory);
    await clock.asleep(3);
    clock.advance(20_000);
    expect(await again).toBe('a.b of /a.yaml: sops did not end within 20 s');
  });
});
