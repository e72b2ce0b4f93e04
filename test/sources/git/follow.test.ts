import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory, testRepository } from '../../support/git.ts';
import { failureOf, open } from './open.ts';

const run = promisify(execFile);

describe('latest', () => {
  it('returns the commit of a branch, and follows it', async () => {
    const source = await testRepository();
    const first = await source.commit({ 'team.yaml': 'a: 1\n' }, { subject: 'Begin' });
    const repository = await open({ url: source.url });
    const commit = await repository.latest();
    expect(commit).toEqual({
      id: first,
      author: { name: 'Ada', email: 'ada@example.com' },
      committedAt: new Date(1000 * Number(await source.git('log', '-1', '--format=%ct'))),
      subject: 'Begin',
      verified: null,
      rewritten: false,
    });
    const second = await source.commit({ 'team.yaml': 'a: 2\n' });
    expect(await repository.latest()).toMatchObject({ id: second, rewritten: false });
    const { directory } = await repository.read(second);
    expect(await readFile(join(directory, 'team.yaml'), 'utf8')).toBe('a: 2\n');
    expect(await readdir(directory)).toEqual(['team.yaml']);
  });

  it('follows a force-push, and says so once', async () => {
    const source = await testRepository();
    const base = await source.commit({ 'team.yaml': 'a: 1\n' });
    await source.commit({ 'team.yaml': 'a: 2\n' });
    const repository = await open({ url: source.url });
    await repository.latest();
    await source.git('reset', '--quiet', '--hard', base);
    const forced = await source.commit({ 'team.yaml': 'a: 3\n' });
    // Another process with the same directory knows the former commit too.
    const { directory, ...second } = await open({
      url: source.url,
      directory: repository.directory,
    });
    expect(directory).toBe(repository.directory);
    expect(await second.latest()).toMatchObject({ id: forced, rewritten: true });
    expect(await repository.latest()).toMatchObject({ id: forced, rewritten: false });
  });

  it('flags a branch that was reset to an older commit', async () => {
    const source = await testRepository();
    const base = await source.commit({});
    await source.commit({});
    const repository = await open({ url: source.url });
    await repository.latest();
    await source.git('reset', '--quiet', '--hard', base);
    expect(await repository.latest()).toMatchObject({ id: base, rewritten: true });
  });

  it('keeps what it has when the branch is deleted', async () => {
    const source = await testRepository();
    const id = await source.commit({ 'team.yaml': '' });
    const repository = await open({ url: source.url });
    await repository.latest();
    await source.git('branch', '--move', 'main', 'trunk');
    expect(await failureOf(repository.latest())).toBe(
      'ref: the repository of git.url has no branch, tag, or commit “main”; check git.ref: it may have been deleted or renamed',
    );
    expect((await repository.read(id)).problems).toEqual([]);
  });

  it('resolves branches, tags, full names, and commits', async () => {
    const source = await testRepository();
    const tagged = await source.commit({ 'team.yaml': '1' });
    await source.git('tag', 'light');
    await source.git('-c', 'user.name=A', '-c', 'user.email=a@b', 'tag', '-m', 'v1', 'v1.0');
    await source.git('tag', 'both');
    const tip = await source.commit({ 'team.yaml': '2' });
    await source.git('branch', 'both');
    await source.git('branch', 'team/config');
    const rows: readonly (readonly [string, string])[] = [
      ['light', tagged],
      ['v1.0', tagged],
      [tagged, tagged],
      ['both', tip],
      ['team/config', tip],
      ['refs/heads/main', tip],
      ['refs/tags/both', tagged],
    ];
    for (const [ref, id] of rows) {
      const repository = await open({ url: source.url, ref });
      expect(await repository.latest(), ref).toMatchObject({ id, rewritten: false });
      expect(await repository.latest(), ref).toMatchObject({ id, rewritten: false });
    }
  });

  it('says that a commit, or a repository’s first commit, is missing', async () => {
    const source = await testRepository();
    const missing = 'f'.repeat(40);
    expect(await failureOf((await open({ url: source.url })).latest())).toMatch(/^ref: .*“main”/);
    await source.commit({});
    const repository = await open({ url: source.url, ref: missing });
    expect(await failureOf(repository.latest())).toMatch(`ref: the repository of git.url has no`);
  });

  it('says that a tag names no commit', async () => {
    const source = await testRepository();
    await source.commit({ 'team.yaml': '' });
    await source.git('tag', 'tree', 'main^{tree}');
    const repository = await open({ url: source.url, ref: 'tree' });
    expect(await failureOf(repository.latest())).toBe(
      'ref: git.ref names an object that is not a commit; name a branch, a tag of a commit, or a commit',
    );
  });

  it('says that the directory of a file: address has no repository', async () => {
    const directory = await temporaryDirectory();
    const repository = await open({ url: `file://${directory}/missing` });
    expect(await failureOf(repository.latest())).toBe(
      `not-found: ${directory}/missing has no repository at the address of git.url, or hides it; check whether it was renamed, and whether git.auth may read it`,
    );
  });

  it('says that git is missing, or that the directory cannot be written', async () => {
    const source = await testRepository();
    await source.commit({});
    const empty = await temporaryDirectory();
    const without = await open({ url: source.url, env: { PATH: empty } });
    expect(await failureOf(without.latest())).toMatch(/^program: the program git is not installed/);
    const unwritable = await open({ url: source.url, directory: '/proc/holdfast' });
    expect(await failureOf(unwritable.latest())).toMatch(
      /^disk: files cannot be written in \/proc/,
    );
  });
});

describe('a damaged clone', () => {
  /** A source with one commit that was fetched. */
  async function fetched() {
    const source = await testRepository();
    const id = await source.commit({ 'team.yaml': 'a: 1\n' });
    const repository = await open({ url: source.url });
    await repository.latest();
    const clone = await realpath(join(repository.directory, 'clone'));
    return { source, id, repository, clone };
  }

  it.each([
    { name: 'without its HEAD', harm: (clone: string) => rm(join(clone, 'HEAD')) },
    {
      name: 'with a HEAD of other text',
      harm: (clone: string) => writeFile(join(clone, 'HEAD'), 'x'),
    },
    {
      name: 'without its objects',
      harm: (clone: string) => rm(join(clone, 'objects'), { recursive: true }),
    },
    { name: 'that is a file', harm: (clone: string) => replaceByFile(clone) },
    {
      name: 'whose objects are cut off',
      harm: async (clone: string) => {
        const { stdout } = await run('find', [join(clone, 'objects'), '-type', 'f']);
        for (const file of stdout.trim().split('\n')) {
          await rm(file);
          await writeFile(file, 'x');
        }
      },
    },
    {
      name: 'with other content under the id of an object',
      harm: async (clone: string) => {
        const id = createHash('sha1').update('blob 5\0a: 1\n').digest('hex');
        const file = join(clone, 'objects', id.slice(0, 2), id.slice(2));
        // A pack has checksums, so the object is taken out of it.
        const unpack =
          'mv objects/pack/*.pack p; rm -f objects/pack/*; git unpack-objects -q <p; rm p';
        await run('sh', ['-c', unpack], { cwd: clone });
        await rm(file);
        await writeFile(file, deflateSync('blob 5\0a: 9\n'));
      },
    },
    {
      name: 'with the lock of a process that was killed',
      harm: async (clone: string) => {
        const { stdout } = await run('find', [join(clone, 'refs'), '-name', 'head']);
        await writeFile(`${stdout.trim()}.lock`, '');
      },
    },
  ])('$name is made anew', async ({ harm }) => {
    const { source, id, repository, clone } = await fetched();
    await harm(clone);
    const { directory } = await repository.read(id);
    expect(await readFile(join(directory, 'team.yaml'), 'utf8')).toBe('a: 1\n');
    const next = await source.commit({ 'team.yaml': 'a: 2\n' });
    expect(await repository.latest()).toMatchObject({ id: next, rewritten: false });
    const left = (await readdir(repository.directory)).toSorted();
    expect(left).toEqual(['clone', expect.stringMatching(/^clone-/), 'revisions']);
  });
});

describe('a clone that is made anew', () => {
  it('still tells a force-push', async () => {
    const source = await testRepository();
    await source.commit({ 'team.yaml': 'a: 1\n' });
    const repository = await open({ url: source.url });
    await repository.latest();
    await source.git('checkout', '--quiet', '--orphan', 'other');
    const id = await source.commit({ 'team.yaml': 'a: 2\n' });
    await source.git('branch', '--force', 'main', 'other');
    await rm(join(await realpath(join(repository.directory, 'clone')), 'HEAD'));
    expect(await repository.latest()).toMatchObject({ id, rewritten: true });
    expect(await repository.latest()).toMatchObject({ id, rewritten: false });
  });
});

async function replaceByFile(path: string): Promise<void> {
  await rm(path, { recursive: true });
  await writeFile(path, '');
}

describe('several processes with one directory', () => {
  it('fetch and read at the same time', async () => {
    const source = await testRepository();
    await source.commit({ 'team.yaml': 'a: 0\n' });
    const first = await open({ url: source.url });
    const all = [first];
    for (let count = 1; count < 4; count++)
      all.push(await open({ url: source.url, directory: first.directory }));
    await first.latest();
    const clone = await realpath(join(first.directory, 'clone'));
    for (let round = 1; round <= 5; round++) {
      const id = await source.commit({ 'team.yaml': `a: ${round}\n` });
      const texts = await Promise.all(
        all.map(async (repository) => {
          expect(await repository.latest()).toMatchObject({ id, rewritten: false });
          const { directory } = await repository.read(id);
          return readFile(join(directory, 'team.yaml'), 'utf8');
        }),
      );
      expect(new Set(texts)).toEqual(new Set([`a: ${round}\n`]));
    }
    expect(await realpath(join(first.directory, 'clone'))).toBe(clone);
  });

  it('create the clone at the same time', async () => {
    const source = await testRepository();
    const id = await source.commit({ 'team.yaml': '' });
    const first = await open({ url: source.url });
    const second = await open({ url: source.url, directory: first.directory });
    const commits = await Promise.all([first.latest(), second.latest()]);
    expect(commits).toMatchObject([{ id }, { id }]);
  });
});
