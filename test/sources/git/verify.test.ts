import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKey, temporaryDirectory, testRepository } from '../../support/git.ts';
import { failureOf, open } from './open.ts';

/** A source, two keys, and an allowed-signers file with the first of them. */
async function signing() {
  const directory = await temporaryDirectory();
  const [key, other] = [await createKey(directory, 'ada'), await createKey(directory, 'eve')];
  const signers = join(directory, 'signers');
  const allow = async (file: string): Promise<void> =>
    writeFile(signers, `ada@example.com ${await readFile(`${file}.pub`, 'utf8')}`);
  await allow(key);
  const source = await testRepository();
  const repository = await open({ url: source.url, signers });
  return { source, repository, key, other, signers, allow };
}

describe('a source with signers', () => {
  it('takes a commit that one of them signed', async () => {
    const { source, repository, key } = await signing();
    const id = await source.commit({ 'team.yaml': '' }, { key });
    const fingerprint = expect.stringMatching(/^SHA256:.{43}$/) as unknown;
    expect(await repository.latest()).toMatchObject({
      id,
      verified: { by: 'ada@example.com', key: fingerprint },
    });
  });

  it('refuses all others, and names the commit and its author', async () => {
    const { source, repository, key, other } = await signing();
    const good = await source.commit({ 'team.yaml': '' }, { key });
    await repository.latest();
    const unsigned = await source.commit({}, { author: 'Eve\u001b[31m <eve@example.com>' });
    expect(await failureOf(repository.latest())).toBe(
      `signature: commit ${unsigned} by Eve\\u001b[31m <eve@example.com> is not signed with an ssh key; it is not used. If its author may change the config, sign it again, or add the key to git.verify.signers`,
    );
    const unknown = await source.commit({}, { key: other });
    expect(await failureOf(repository.latest())).toMatch(
      `signature: commit ${unknown} by Ada <ada@example.com> is signed with a key that is not among the signers`,
    );
    const next = await source.commit({}, { key });
    expect(await repository.latest()).toMatchObject({ id: next, rewritten: false });
    expect((await repository.read(good)).problems).toEqual([]);
  });

  it('reads the signers at each use', async () => {
    const { source, repository, key, other, allow, signers } = await signing();
    await source.commit({}, { key });
    await repository.latest();
    await allow(other);
    expect(await failureOf(repository.latest())).toMatch('not among the signers');
    await allow(key);
    expect(await failureOf(repository.latest())).toBe('no error');
    await writeFile(signers, '');
    expect(await failureOf(repository.latest())).toMatch('not among the signers');
  });

  it('refuses every commit if the file is missing', async () => {
    const { source, key } = await signing();
    await source.commit({}, { key });
    const repository = await open({ url: source.url, signers: '/missing/signers' });
    expect(await failureOf(repository.latest())).toBe(
      'signature: the file /missing/signers of git.verify.signers does not exist',
    );
  });
});
