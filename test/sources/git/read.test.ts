import { execFile, spawn } from 'node:child_process';
import { chmod, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseTree } from '../../../src/sources/git/revision/tree.ts';
import {
  temporaryDirectory,
  testRepository,
  type TestFiles,
  type TestRepository,
} from '../../support/git.ts';
import { failureOf, open } from './open.ts';

const run = promisify(execFile);

/** The files of a source's commit, by path, and its problems as `path: message`. */
async function read(repository: Awaited<ReturnType<typeof open>>, commit: string) {
  const { directory, problems } = await repository.read(commit);
  const { stdout } = await run('find', ['.', '-not', '-type', 'd', '-printf', '%P\n'], {
    cwd: directory,
  });
  return {
    directory,
    files: stdout.trim().split('\n').toSorted(),
    problems: problems.map(({ file, message }) => `${file}: ${message}`),
  };
}

async function sourceOf(files: TestFiles, path = '.') {
  const source = await testRepository();
  const id = await source.commit(files);
  const repository = await open({ url: source.url, path });
  await repository.latest();
  return { source, id, repository };
}

describe('read', () => {
  it('writes the regular files of the path, and nothing else', async () => {
    const bytes = Uint8Array.from([0, 255, 10, 13]);
    const { id, repository } = await sourceOf(
      {
        'config/team.yaml': 'a: 1\r\n',
        'config/scripts/start up.sh': bytes,
        'config/ünïcode.yaml': '',
        'config-2/team.yaml': '',
        'README.md': '',
      },
      './config/',
    );
    const { directory, files, problems } = await read(repository, id);
    expect(files).toEqual(['scripts/start up.sh', 'team.yaml', 'ünïcode.yaml']);
    expect(problems).toEqual([]);
    expect(await readFile(join(directory, 'team.yaml'), 'utf8')).toBe('a: 1\r\n');
    expect([...(await readFile(join(directory, 'scripts/start up.sh')))]).toEqual([...bytes]);
  });

  it('keeps all files private', async () => {
    const { id, repository } = await sourceOf({ 'a/team.yaml': '' });
    const { directory } = await repository.read(id);
    const clone = join(repository.directory, 'clone');
    const modes = await Promise.all(
      [
        repository.directory,
        clone,
        directory,
        join(directory, 'a'),
        join(directory, 'a/team.yaml'),
      ].map(async (path) => ((await stat(path)).mode & 0o777).toString(8)),
    );
    expect(modes).toEqual(['700', '700', '700', '700', '600']);
  });

  it('reports links, submodules, and LFS pointers, and writes the rest', async () => {
    const source = await testRepository();
    await symlink('/etc/passwd', join(source.directory, 'link.yaml'));
    await source.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${'a'.repeat(40)},modules/sub`,
    );
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n';
    const files = { 'team.yaml': 'a: 1\n', 'big.yaml': pointer };
    for (const [name, text] of Object.entries(files))
      await writeFile(join(source.directory, name), text);
    await source.git('add', 'team.yaml', 'big.yaml', 'link.yaml');
    await source.git('-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '--quiet', '-m', 'x');
    const id = await source.git('rev-parse', 'HEAD');
    const repository = await open({ url: source.url });
    await repository.latest();
    const expected = {
      files: ['team.yaml'],
      problems: [
        'link.yaml: this is a symbolic link, which is not followed in a Git repository; put a copy of the file here',
        'modules/sub: this is a submodule, which is not fetched; put its files into this repository',
        'big.yaml: this is a Git LFS pointer, and Holdfast does not fetch its content; store the file in Git itself',
      ],
    };
    expect(await read(repository, id)).toMatchObject(expected);
    // The second time from the files that are there.
    expect(await read(repository, id)).toMatchObject(expected);
    expect((await repository.read(id)).problems[0]).toMatchObject({ line: 1, column: 1 });
  });

  it('reports names that no file system takes, or that lead elsewhere', async () => {
    const source = await testRepository();
    const blob = await gitWithInput(source.directory, ['hash-object', '-w', '--stdin'], 'x');
    const tree = (name: string | Buffer, id = blob, mode = '100644', type = 'blob') =>
      gitWithInput(
        source.directory,
        ['mktree', '-z'],
        Buffer.concat([Buffer.from(`${mode} ${type} ${id}\t`), Buffer.from(name), Buffer.of(0)]),
      );
    const problemsFor = async (content: string) => {
      const id = await commitTree(source, content);
      const repository = await open({ url: source.url });
      await repository.latest();
      return (await read(repository, id)).problems;
    };
    const elsewhere = 'this file has a path that cannot be used on every system; rename it';
    expect(await problemsFor(await tree(String.raw`a\b`))).toEqual([String.raw`a\b: ` + elsewhere]);
    const long = 'x'.repeat(300);
    expect(await problemsFor(await tree(long))).toEqual([
      `${long}: the file system does not accept the name of this file (ENAMETOOLONG); rename it`,
    ]);
    expect(await problemsFor(await tree(Buffer.of(0x61, 0xff)))).toEqual([
      'a\ufffd: the name of this file is not UTF-8; rename it',
    ]);
    expect(await problemsFor(await tree('a\n::error::b'))).toEqual([]);
  });

  it('gets no path that leads elsewhere', async () => {
    const source = await testRepository();
    const blob = await gitWithInput(source.directory, ['hash-object', '-w', '--stdin'], 'x');
    const inner = await gitWithInput(source.directory, ['mktree'], `100644 blob ${blob}\ta\n`);
    for (const name of ['..', '.git']) {
      const entry = `040000 tree ${inner}\t${name}\n`;
      await commitTree(source, await gitWithInput(source.directory, ['mktree'], entry));
      const repository = await open({ url: source.url });
      expect(await failureOf(repository.latest())).toMatch(
        /^other: the repository of git.url contains an object that Git’s own checks refuse: object [\da-f]+: hasDot/,
      );
    }
    const listing = ['../a', 'b/../../a', './a', '/a', 'x/.GIT/config', 'a//b', ''].map(
      (path) => `100644 blob ${blob}       1\t${path}\0`,
    );
    expect(parseTree(Buffer.from(listing.join('')))).toMatchObject({
      files: [],
      problems: listing.map(() => ({ rule: 'unreadable' })),
    });
  });

  it('says what is wrong with the path', async () => {
    const files = { 'config/team.yaml': '' };
    const { id, repository } = await sourceOf(files, 'missing');
    expect(await failureOf(repository.read(id))).toBe(
      `path: git.path missing does not exist in commit ${id}; check git.path`,
    );
    const file = await sourceOf(files, 'config/team.yaml');
    expect(await failureOf(file.repository.read(file.id))).toBe(
      `path: git.path config/team.yaml is not a directory in commit ${file.id}; check git.path`,
    );
    const magic = await sourceOf(files, ':(glob)*');
    expect(await failureOf(magic.repository.read(magic.id))).toMatch(/^path: .* does not exist/);
  });

  it('refuses more than it can hold, and names the limit', async () => {
    const source = await testRepository();
    const blob = (size: number) =>
      gitWithInput(source.directory, ['hash-object', '-w', '--stdin'], Buffer.alloc(size));
    const treeOf = (count: number, id: string) =>
      gitWithInput(
        source.directory,
        ['mktree'],
        Array.from({ length: count }, (_, n) => `100644 blob ${id}\t${n}\n`).join(''),
      );
    const limit = 16 * 1024 * 1024;
    const trees = {
      big: await treeOf(1, await blob(limit + 1)),
      large: await treeOf(17, await blob(limit)),
      many: await treeOf(20_001, await blob(0)),
      small: await treeOf(1, await blob(0)),
    };
    const lines = Object.entries(trees).map(([name, id]) => `040000 tree ${id}\t${name}\n`);
    const id = await commitTree(
      source,
      await gitWithInput(source.directory, ['mktree'], lines.join('')),
    );
    const failureIn = async (path: string, directory?: string) => {
      const repository = await open({ url: source.url, path, ...(directory && { directory }) });
      if (directory === undefined) await repository.latest();
      return { directory: repository.directory, failure: await failureOf(repository.read(id)) };
    };
    const { directory, failure } = await failureIn('small');
    expect(failure).toBe('no error');
    const advice = 'put the config into a directory of its own and set git.path to it';
    expect([
      (await failureIn('many', directory)).failure,
      (await failureIn('large', directory)).failure,
      (await failureIn('big', directory)).failure,
    ]).toEqual([
      `limit: git.path has too much content: there are more than 20000 files; ${advice}`,
      `limit: git.path has too much content: the files have more than 268435456 bytes together; ${advice}`,
      `limit: git.path has too much content: the file 0 has 16777217 bytes, and the limit is 16777216; ${advice}`,
    ]);
    expect((await readdir(join(directory, 'revisions'))).length).toBe(1);
  });

  it('refuses a commit that is not one', async () => {
    const { repository } = await sourceOf({});
    for (const commit of ['main', '--help', ''])
      expect(await failureOf(repository.read(commit))).toBe(
        'ref: a commit is named by its full id',
      );
    const missing = 'f'.repeat(40);
    expect(await failureOf(repository.read(missing))).toBe(
      `other: git: commit ${missing} is not in the repository`,
    );
  });
});

/** Makes a commit of a tree the tip of `main`. */
async function commitTree(source: TestRepository, tree: string): Promise<string> {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@b'];
  const id = await source.git(...identity, 'commit-tree', '-m', 'x', tree);
  await source.git('update-ref', 'refs/heads/main', id);
  return id;
}

/** Runs Git in a directory with an input. */
async function gitWithInput(
  directory: string,
  args: readonly string[],
  input: string | Buffer,
): Promise<string> {
  const running = run('git', ['-C', directory, ...args]);
  running.child.stdin?.end(input);
  return (await running).stdout.trim();
}

describe('the files of a commit', () => {
  it('are written once, and again if they are not complete', async () => {
    const { id, source, repository } = await sourceOf({ 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' });
    const { directory } = await repository.read(id);
    const inode = async () => (await stat(join(directory, 'a.yaml'))).ino;
    const before = await inode();
    await repository.read(id);
    const same = await source.commit({});
    await repository.latest();
    expect((await repository.read(same)).directory).toBe(directory);
    expect(await inode()).toBe(before);
    for (const harm of [
      () => rm(join(directory, 'b.yaml')),
      () => writeFile(join(directory, 'b.yaml'), ''),
      () => rm(join(directory, '../problems.json')),
    ]) {
      await harm();
      await repository.read(id);
      expect(await readFile(join(directory, 'b.yaml'), 'utf8')).toBe('b: 1\n');
    }
  });

  it('are removed after some newer ones, and those that a killed process left', async () => {
    const { source, repository } = await sourceOf({});
    const directories: string[] = [];
    for (let round = 0; round < 6; round++) {
      const id = await source.commit({ 'a.yaml': `${round}` });
      await repository.latest();
      const { directory } = await repository.read(id);
      const place = join(directory, '..');
      directories.push(place);
      await utimes(place, round, round);
    }
    const revisions = join(repository.directory, 'revisions');
    const left = new Set(await readdir(revisions));
    expect(directories.map((place) => left.has(place.slice(revisions.length + 1)))).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  it('do not appear if the process is killed while it writes them', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`${n}.yaml`, `a: ${n}\n`]),
    );
    const { id, source, repository } = await sourceOf(files);
    const { child, hanging } = await readUntilHalf(source.url, repository.directory, id);
    const revisions = join(repository.directory, 'revisions');
    const written = async (): Promise<number> => {
      const [part = ''] = await readdir(revisions);
      return (await readdir(join(revisions, part, 'files'))).length;
    };
    await expect.poll(() => written().catch(() => 0)).toBeGreaterThan(5);
    await expect.poll(() => readFile(hanging, 'utf8').catch(() => '')).toMatch(/^\d+\n$/);
    child.kill('SIGKILL');
    process.kill(Number(await readFile(hanging, 'utf8')), 'SIGKILL');
    const [part = ''] = await readdir(revisions);
    expect(part).toMatch(/\.tmp$/);
    const { files: found } = await read(repository, id);
    expect(found).toHaveLength(50);
    await utimes(join(revisions, part), 0, 0);
    await repository.read(id);
    expect(await readdir(revisions)).toHaveLength(1);
  });
});

/** Starts a process that reads the commit with a Git whose `cat-file --batch` hangs after half of its output. */
async function readUntilHalf(url: string, directory: string, commit: string) {
  const bin = await temporaryDirectory();
  const hanging = join(bin, 'pid');
  const real = (await run('sh', ['-c', 'command -v git'])).stdout.trim();
  const script = `#!/bin/sh\n[ "$*" = 'cat-file --batch' ] || exec ${real} "$@"\n${real} "$@" | head -c 1000\necho $$ > ${hanging}\nexec sleep 600\n`;
  await writeFile(join(bin, 'git'), script);
  await chmod(join(bin, 'git'), 0o755);
  const root = join(import.meta.dirname, '../../../src');
  const program = `
    import { openRepository } from '${root}/sources/git/repository.ts';
    import { defaultTimeouts } from '${root}/sources/git/options.ts';
    import { systemClock as clock } from '${root}/model/time/clock.ts';
    const [url, directory, commit, PATH] = process.argv.slice(1);
    const base = { ref: 'main', path: '.', auth: null, signers: null, timeouts: defaultTimeouts };
    const repository = openRepository({ ...base, url, directory, clock, env: { PATH } });
    await repository.read(commit);
  `;
  const path = `${bin}:${process.env['PATH']}`;
  const args = ['--input-type=module', '-e', program, url, directory, commit, path];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, hanging };
}
