import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory, testRepository } from '../../support/git.ts';
import { serveGit } from '../../support/gitHttp.ts';
import { failureOf, open } from './open.ts';

/** A script that leaves a file in a directory where nothing else does. */
async function canary() {
  const directory = await temporaryDirectory();
  const script = join(directory, 'run');
  const left = join(directory, 'left');
  await mkdir(left);
  await writeFile(script, `#!/bin/sh\ntouch ${left}/canary\ncat\n`);
  await chmod(script, 0o755);
  return { script, ran: async () => (await readdir(left)).length > 0 };
}

/** Names of hooks that a fetch or a checkout could run. */
const hooks = ['post-checkout', 'reference-transaction', 'post-merge', 'pre-auto-gc', 'update'];

/** Config with which Git would run the script. */
const configFor = (script: string): string => `
[core]
  hooksPath = ${script}-hooks
  fsmonitor = ${script}
  sshCommand = ${script}
  gitProxy = ${script}
  pager = ${script}
  attributesFile = ${script}-attributes
  alternateRefsCommand = ${script}
[filter "run"]
  smudge = ${script}
  clean = ${script}
  process = ${script}
  required = true
[diff "run"]
  textconv = ${script}
  command = ${script}
[credential]
  helper = !${script}
[uploadpack]
  packObjectsHook = ${script}
[gpg]
  program = ${script}
[gpg "ssh"]
  program = ${script}
[log]
  showSignature = true
[url "file:///nowhere/"]
  insteadOf = file://
[protocol "ext"]
  allow = always
`;

const attributes = '* filter=run diff=run\n';

/** Does all that a source can do. Returns the text of its only YAML file. */
async function useAll(repository: Awaited<ReturnType<typeof open>>): Promise<string> {
  const { id } = await repository.latest();
  await repository.blame(id, ['team.yaml']);
  const { directory } = await repository.read(id);
  return readFile(join(directory, 'team.yaml'), 'utf8');
}

describe('a hostile repository', () => {
  it('runs no hook, filter, or command of its own', async () => {
    const source = await testRepository();
    const { script, ran } = await canary();
    await source.commit({ 'team.yaml': 'a: 1\n', '.gitattributes': attributes });
    await source.commit({ '.gitmodules': `[submodule "a"]\n path = a\n url = ext::${script}\n` });
    await writeFile(join(source.directory, '.git/config'), configFor(script));
    for (const hook of hooks)
      await writeFile(join(source.directory, '.git/hooks', hook), await readFile(script), {
        mode: 0o755,
      });
    const repository = await open({ url: source.url });
    expect(await useAll(repository)).toBe('a: 1\n');
    expect(await ran()).toBe(false);
  });

  it('cannot make Git speak another protocol', async () => {
    const { script, ran } = await canary();
    for (const url of [`ext::${script}`, 'git://127.0.0.1/a', 'fd::17', `--upload-pack=${script}`])
      expect(await failureOf(open({ url })), url).toMatch(/^url: /);
    expect(await ran()).toBe(false);
  });
});

describe('a hostile clone', () => {
  it('runs nothing of what its files say', async () => {
    const source = await testRepository();
    const { script, ran } = await canary();
    await source.commit({ 'team.yaml': 'a: 1\n' });
    const repository = await open({ url: source.url });
    await repository.latest();
    await source.commit({ 'team.yaml': 'a: 2\n' });
    const clone = join(repository.directory, 'clone');
    await writeFile(join(clone, 'config'), configFor(script));
    for (const folder of ['hooks', 'info']) await mkdir(join(clone, folder), { recursive: true });
    await writeFile(join(clone, 'info/attributes'), attributes);
    for (const hook of hooks)
      await writeFile(join(clone, 'hooks', hook), await readFile(script), { mode: 0o755 });
    expect(await useAll(repository)).toBe('a: 2\n');
    expect(await ran()).toBe(false);
    expect(await readFile(join(clone, 'config'), 'utf8')).not.toContain(script);
  });
});

describe('a hostile environment', () => {
  it('is replaced by one that has only what Git needs', async () => {
    const bin = await temporaryDirectory();
    await writeFile(join(bin, 'git'), `#!/bin/sh\n/usr/bin/env >> ${bin}/seen\n`, { mode: 0o755 });
    const env = {
      PATH: bin,
      HOME: '/root',
      NO_PROXY: 'a',
      https_proxy: 'b',
      GIT_X: 'c',
      TOKEN: 'd',
    };
    const repository = await open({ url: 'file:///nowhere', env });
    await repository.latest().catch(() => undefined);
    const seen = new Set((await readFile(join(bin, 'seen'), 'utf8')).trim().split('\n'));
    const fixed = [...seen].filter(
      (line) => !/^(PWD|SHLVL|_|TMPDIR|GIT_(DIR|CONFIG_(KEY|VALUE)_\d+|CONFIG_COUNT))=/.test(line),
    );
    expect(fixed.toSorted()).toEqual([
      'GIT_ALLOW_PROTOCOL=file',
      'GIT_ASKPASS=true',
      'GIT_ATTR_NOSYSTEM=1',
      'GIT_CONFIG_GLOBAL=/dev/null',
      'GIT_CONFIG_NOSYSTEM=1',
      'GIT_LITERAL_PATHSPECS=1',
      'GIT_NO_REPLACE_OBJECTS=1',
      'GIT_SSH_COMMAND=false',
      'GIT_SSH_VARIANT=ssh',
      'GIT_TERMINAL_PROMPT=0',
      'HOME=/dev/null',
      'LC_ALL=C',
      'NO_PROXY=a',
      `PATH=${bin}`,
      'XDG_CONFIG_HOME=/dev/null',
      'https_proxy=b',
    ]);
  });

  it('has no effect: no config, variable, or credential of the user is read', async () => {
    const source = await testRepository();
    const { script, ran } = await canary();
    const id = await source.commit({ 'team.yaml': 'a: 1\n' });
    const home = await temporaryDirectory();
    await mkdir(join(home, 'git'));
    for (const file of ['.gitconfig', 'git/config'])
      await writeFile(join(home, file), configFor(script));
    await writeFile(join(home, '.netrc'), 'machine 127.0.0.1 login user password hunter2\n');
    const server = await serveGit(source);
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_CONFIG_HOME: home,
      GIT_DIR: home,
      GIT_SSH_COMMAND: script,
      GIT_ASKPASS: script,
      SSH_ASKPASS: script,
      GIT_EXEC_PATH: home,
      GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'url.file:///nowhere/.insteadOf',
      GIT_CONFIG_VALUE_0: 'http://',
      GIT_ALLOW_PROTOCOL: 'ext',
      GIT_TRACE: join(home, 'trace'),
      GIT_TRACE_CURL: join(home, 'trace'),
      LD_PRELOAD: '/missing.so',
      LC_ALL: 'de_DE.UTF-8',
    };
    for (const url of [source.url, server.url]) {
      const repository = await open({ url, env });
      expect(await useAll(repository)).toBe('a: 1\n');
      expect(await repository.latest()).toMatchObject({ id });
    }
    server.authorization = 'Basic other';
    const refused = await open({ url: server.url, env });
    expect(await failureOf(refused.latest())).toMatch(/^auth: /);
    expect(
      server.seen
        .map(({ headers }) => headers.authorization)
        .filter((value) => value && atob(value.slice(6)).includes('hunter2')),
    ).toEqual([]);
    expect(await ran()).toBe(false);
    expect(await readdir(home)).not.toContain('trace');
  });
});
