import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory, testRepository } from '../../support/git.ts';
import { failureOf, open } from './open.ts';

const authors = { ada: 'Ada <ada@example.com>', eve: 'Eve <eve@example.com>' };

/** A source whose file was begun by Ada and changed by Eve. */
async function history() {
  const source = await testRepository();
  const first = await source.commit(
    { 'config/team.yaml': 'a: 1\nb: 1\nc: 1\n' },
    { author: authors.ada },
  );
  const second = await source.commit(
    { 'config/team.yaml': 'a: 1\nb: 2\nc: 1\n' },
    { author: authors.eve },
  );
  return { source, first, second };
}

/** The names of the authors of a file's lines. */
async function authorsOf(
  repository: Awaited<ReturnType<typeof open>>,
  commit: string,
  file = 'team.yaml',
) {
  return ((await repository.blame(commit, [file])).get(file) ?? []).map(
    (blame) => blame?.author ?? null,
  );
}

describe('blame', () => {
  it('names the commit of each line', async () => {
    const { source, first, second } = await history();
    const repository = await open({ url: source.url, path: 'config' });
    await repository.latest();
    const at = new Date(1000 * Number(await source.git('log', '-1', '--format=%at', second)));
    const blames = (await repository.blame(second, ['team.yaml'])).get('team.yaml') ?? [];
    expect(blames.map((blame) => [blame?.commit, blame?.author])).toEqual([
      [first, 'Ada'],
      [second, 'Eve'],
      [first, 'Ada'],
    ]);
    expect(blames[1]?.at).toEqual(at.toISOString());
    expect((await repository.blame(second, ['team.yaml'])).get('team.yaml')).toBe(blames);
    expect(await authorsOf(repository, first)).toEqual(['Ada', 'Ada', 'Ada']);
  });

  it('follows a commit that restores older text', async () => {
    const { source, first } = await history();
    const repository = await open({ url: source.url, path: 'config' });
    await repository.latest();
    expect(await authorsOf(repository, first)).toEqual(['Ada', 'Ada', 'Ada']);
    const restored = await source.commit(
      { 'config/team.yaml': 'a: 1\nb: 1\nc: 1\n' },
      { author: 'Bob <bob@example.com>' },
    );
    await repository.latest();
    expect(await authorsOf(repository, restored)).toEqual(['Ada', 'Bob', 'Ada']);
  });

  it('accuses nobody for lines that are older than a shallow history', async () => {
    const { source, second } = await history();
    const shallow = join(await temporaryDirectory(), 'shallow');
    const clone = ['clone', '--quiet', '--bare', '--depth=1'];
    await promisify(execFile)('git', [...clone, source.url, shallow]);
    const repository = await open({ url: `file://${shallow}`, path: 'config' });
    expect(await repository.latest()).toMatchObject({ id: second, rewritten: false });
    expect(await authorsOf(repository, second)).toEqual([null, null, null]);
    // Newer commits of the same history are known.
    const push = ['push', '--quiet', shallow, 'main'];
    const third = await source.commit(
      { 'config/team.yaml': 'a: 3\nb: 2\nc: 1\n' },
      { author: authors.ada },
    );
    await source.git(...push);
    expect(await repository.latest()).toMatchObject({ id: third, rewritten: false });
    expect(await authorsOf(repository, third)).toEqual(['Ada', null, null]);
    // A history that lacks the former commit may have had it.
    await rm(shallow, { recursive: true });
    await source.commit({});
    const fifth = await source.commit({});
    await promisify(execFile)('git', [...clone, source.url, shallow]);
    expect(await repository.latest()).toMatchObject({ id: fifth, rewritten: false });
  });

  it('uses no mailmap and no list of ignored commits of the repository', async () => {
    const { source, first } = await history();
    const mailmap = 'Mallory <mallory@example.com> <ada@example.com>\n';
    await source.commit({ '.mailmap': mailmap, '.git-blame-ignore-revs': `${first}\n` });
    const tip = await source.git('rev-parse', 'HEAD');
    const repository = await open({ url: source.url, path: 'config' });
    expect(await repository.latest()).toMatchObject({ author: { name: 'Ada' } });
    expect(await authorsOf(repository, tip)).toEqual(['Ada', 'Eve', 'Ada']);
  });

  it('is not confused by the text of the lines', async () => {
    const source = await testRepository();
    const text = `author Mallory\n\tauthor Mallory\n${'a'.repeat(40)} 1 1 1\nlast`;
    const id = await source.commit({ '--config': text, 'a b.yaml': 'x\n', empty: '' });
    const repository = await open({ url: source.url });
    await repository.latest();
    expect(await authorsOf(repository, id, '--config')).toEqual(['Ada', 'Ada', 'Ada', 'Ada']);
    expect(await authorsOf(repository, id, 'a b.yaml')).toEqual(['Ada']);
    expect(await authorsOf(repository, id, 'empty')).toEqual([]);
  });

  it('says that a file or a commit is missing', async () => {
    const { source, second } = await history();
    const repository = await open({ url: source.url, path: 'config' });
    await repository.latest();
    const clone = await readdir(repository.directory);
    for (const file of ['missing.yaml', '', '/', '../../outside', ':/config/team.yaml'])
      expect(await failureOf(repository.blame(second, [file])), file).toMatch(
        /^path: there is no file/,
      );
    expect(await readdir(repository.directory)).toEqual(clone);
    expect(await failureOf(repository.blame('HEAD', ['team.yaml']))).toMatch(/^ref: /);
  });
});
