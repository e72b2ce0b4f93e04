import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testRepository } from '../../support/git.ts';
import { serveGit } from '../../support/gitHttp.ts';
import { failureOf, open } from './open.ts';

const author = { name: 'Ada', email: 'ada@example.com' };
const change = {
  name: 'holdfast/accept-a',
  path: 'sub/team.yaml',
  text: 'new ü\n',
  message: 'Accept drift\n\nbecause\n',
  author,
} as const;

async function team() {
  const it = await testRepository();
  const base = await it.commit({
    'config/sub/team.yaml': 'old\n',
    'config/sub/other.yaml': 'other\n',
    'config/run.sh': 'x\n',
    'README.md': 'hello\n',
  });
  const repository = await open({ url: it.url, path: 'config' });
  await repository.latest();
  return { it, base, repository };
}

describe('push', () => {
  test('commits one file on a new branch, and leaves the others and the base', async () => {
    const { it, base, repository } = await team();
    const commit = await repository.push({ ...change, base });
    expect(await it.git('rev-parse', change.name)).toBe(commit);
    expect(await it.git('rev-parse', `${change.name}^`, 'main')).toBe(`${base}\n${base}`);
    expect(await it.git('diff', '--name-status', 'main', change.name)).toBe(
      'M\tconfig/sub/team.yaml',
    );
    expect(await it.git('show', `${change.name}:config/sub/team.yaml`)).toBe('new ü');
    expect(await it.git('log', '-1', '--format=%an <%ae>|%B', change.name)).toBe(
      'Ada <ada@example.com>|Accept drift\n\nbecause\n',
    );
  });

  test('keeps the mode of the file', async () => {
    const { it, repository } = await team();
    await it.git('update-index', '--chmod=+x', 'config/sub/team.yaml');
    await chmod(join(it.directory, 'config/sub/team.yaml'), 0o755);
    const base = await it.commit({});
    await repository.latest();
    await repository.push({ ...change, base });
    expect(await it.git('ls-tree', change.name, 'config/sub/team.yaml')).toMatch(/^100755 /);
  });

  test('refuses a branch that exists, even one that it could move forward', async () => {
    const { it, base, repository } = await team();
    await it.git('branch', change.name, base);
    expect(await failureOf(repository.push({ ...change, base }))).toBe(
      'ref: the repository already has a branch “holdfast/accept-a”; give another name',
    );
    expect(await it.git('rev-parse', change.name)).toBe(base);
  });

  test.each(['', 'a b', '-f', 'refs/heads/main', 'HEAD', 'a..b', 'a:main'])(
    'refuses the name %j, which no branch can have or which names another ref',
    async (name) => {
      const { base, repository } = await team();
      const failure = await failureOf(repository.push({ ...change, base, name }));
      expect(failure).toMatch(/cannot be the name of a branch$/);
    },
  );

  test.each(['no.yaml', 'sub', '../README.md/x'])('refuses %s, which is no file', async (path) => {
    const { base, repository } = await team();
    expect(await failureOf(repository.push({ ...change, base, path }))).toMatch(
      /^path: the repository has no file /,
    );
  });

  test('says what the server refused, and what the credential lacks', async () => {
    const { it, base } = await team();
    const server = await serveGit(it);
    const repository = await open({ url: server.url, path: 'config' });
    await repository.latest();
    expect(await failureOf(repository.push({ ...change, base }))).toMatch(
      /^auth: .*; a push needs the permission to write$/,
    );
    const hooks = join(it.directory, '.git/hooks');
    await mkdir(hooks, { recursive: true });
    await writeFile(join(hooks, 'pre-receive'), '#!/bin/sh\necho no such branches\nexit 1\n');
    await chmod(join(hooks, 'pre-receive'), 0o755);
    const local = await open({ url: it.url, path: 'config' });
    await local.latest();
    expect(await failureOf(local.push({ ...change, base }))).toMatch(
      /^other: the server refused the branch: pre-receive hook declined$/,
    );
  });
});
