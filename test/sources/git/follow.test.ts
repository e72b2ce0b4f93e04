import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testRepository } from '../../support/git.ts';
import { failureOf, open } from './open.ts';

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

  it('says which ref is missing', async () => {
    const source = await testRepository();
    await source.commit({ 'team.yaml': '' });
    const repository = await open({ url: source.url, ref: 'release' });
    expect(await failureOf(repository.latest())).toBe(
      'ref: the repository of git.url has no branch, tag, or commit “release”; check git.ref: it may have been deleted or renamed',
    );
  });
});
