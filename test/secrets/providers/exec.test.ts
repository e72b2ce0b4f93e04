import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SecretProvider } from '../../../src/model/settings.ts';
import { createSecretReaders } from '../../../src/secrets/read.ts';
import { directoryOf } from '../../fixtures/desired/directory.ts';
import { virtualClock } from '../../support/virtualClock.ts';

/** A provider that runs this script as `get ARGUMENT…`, and its readers. */
async function withProgram(script: string, settings: Partial<SecretProvider> = {}, env = {}) {
  const directory = await directoryOf({ 'bin/get': `#!/bin/sh\n${script}\n` });
  await chmod(join(directory, 'bin/get'), 0o755);
  const clock = virtualClock();
  const PATH = `${join(directory, 'bin')}:${process.env['PATH']}`;
  const readers = createSecretReaders({ PATH, ...env }, clock);
  const provider = {
    type: 'exec',
    command: ['get', 'read', 'op://gpu/{key}'],
    timeout: 10_000,
    env: [],
    ...settings,
  } as SecretProvider;
  const pass = () => {
    const read = readers({ store: provider, other: provider });
    return (key: string, from = 'store'): Promise<string> =>
      read({ from: 'provider', provider: from, key }).catch(
        (error: Error) => `refused: ${error.message}`,
      );
  };
  return { directory, clock, pass, read: pass() };
}

describe('a provider that is a program', () => {
  it('gets the key inside one argument, without a shell', async () => {
    const { read } = await withProgram('printf "%s|" "$@"');
    expect(await read('a b; $(id) $& {key}')).toBe('read|op://gpu/a b; $(id) $& {key}|');
  });

  it.each([
    { script: 'echo hunter2', is: 'hunter2', because: 'programs end their output with a newline' },
    { script: 'printf "a\\r\\n"', is: 'a', because: 'or with CRLF' },
    { script: 'printf "a\\n\\n"', is: 'a\n', because: 'only one is removed' },
    { script: 'cat; echo x', is: 'x', because: 'the standard input is empty' },
    { script: 'true', is: 'refused: k: the provider store printed nothing', because: 'no secret' },
    { script: 'echo', is: 'refused: k: the provider store printed nothing', because: 'no secret' },
    {
      script: "printf '\\377'",
      is: 'refused: k: the provider store printed something that is not UTF-8',
      because: 'it could not be sent unchanged',
    },
    {
      script: 'echo hunter2; echo hunter2 >&2; exit 3',
      is: 'refused: k: the provider store: get failed (exit code 3)',
      because: 'what it printed is never quoted',
    },
    {
      script: 'yes hunter2',
      is: 'refused: k: the provider store: get printed more than 1048576 bytes',
      because: 'no secret is that long',
    },
  ])('$script: $because', async ({ script, is }) => {
    const { read } = await withProgram(script);
    expect(await read('k')).toBe(is);
  });

  it('must be installed', async () => {
    const { read } = await withProgram('', { command: ['missing-program', '{key}'] });
    expect(await read('k')).toBe(
      'refused: k: the provider store: the program missing-program is not installed',
    );
  });

  it.each([
    { key: '--vault=other', is: 'begins with -' },
    { key: 'a\nb', is: 'has a control character' },
    { key: '', is: 'is empty' },
    { key: 'x'.repeat(1025), is: 'is longer than 1024 characters' },
  ])('is not run for a key that $is', async ({ key, is }) => {
    const { read } = await withProgram('echo x');
    expect(await read(key)).toBe(`refused: ${key}: the provider store: the key ${is}`);
  });

  it('gets PATH, HOME, LANG, and the variables that are named, but never Holdfast’s own', async () => {
    const named = [
      'OP_TOKEN',
      'HOLDFAST_SECRET_A',
      'HOLDFAST_TOKEN',
      'PAPERSPACE_API_KEY',
      'UNSET',
    ];
    const all = Object.fromEntries(
      [...named.slice(0, 4), 'HOME', 'LANG', 'DB', 'NODE_OPTIONS'].map((name) => [name, 'x']),
    );
    const { read } = await withProgram('env', { env: named }, all);
    const names = (await read('k')).split('\n').map((line) => line.replace(/=.*/, ''));
    // Variables that the shell of this test sets itself.
    const byShell = new Set(['', '_', 'PWD', 'OLDPWD', 'SHLVL']);
    expect(names.filter((name) => !byShell.has(name)).toSorted()).toEqual([
      'HOLDFAST_SECRET_A',
      'HOME',
      'LANG',
      'OP_TOKEN',
      'PATH',
    ]);
  });

  it('is run once for each key and pass', async () => {
    const { directory, pass } = await withProgram('echo "$2" >> "${0%/*}/calls"; echo x');
    const [first, second] = [pass(), pass()];
    await Promise.all([first('a'), first('a'), first('b')]);
    await second('a');
    const calls = await readFile(join(directory, 'bin/calls'), 'utf8');
    expect(calls.trim().split('\n').toSorted()).toEqual(['op://gpu/a', 'op://gpu/a', 'op://gpu/b']);
  });

  it('is killed with its children after its timeout, and not run again in that pass', async () => {
    const script = 'sleep 1000 & echo "$! $$" >> "${0%/*}/pids"; wait';
    const { directory, clock, pass, read } = await withProgram(script);
    const pids = join(directory, 'bin/pids');
    const reading = read('a');
    while (!(await stat(pids).catch(() => undefined))?.size) await setImmediate();
    await clock.asleep(1);
    clock.advance(10_000);
    expect(await reading).toBe('refused: a: the provider store: get did not end within 10 s');
    for (const pid of (await readFile(pids, 'utf8')).trim().split(' '))
      while (!(await isGone(Number(pid)))) await setImmediate();
    expect(await read('b')).toBe(
      'refused: b: the provider store took too long for another secret of this pass',
    );
    const [other, later] = [read('b', 'other'), pass()('b')];
    await clock.asleep(3);
    clock.advance(10_000);
    expect(await other).toBe('refused: b: the provider other: get did not end within 10 s');
    expect(await later).toBe('refused: b: the provider store: get did not end within 10 s');
  });

  it('must be defined', async () => {
    const { read } = await withProgram('echo x');
    expect(await read('k', 'constructor')).toBe(
      'refused: k: the provider constructor is not defined in secrets.providers of settings',
    );
  });
});

/** Whether a process has ended, or is a zombie. */
const isGone = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => / Z /.test(text),
    () => true,
  );
