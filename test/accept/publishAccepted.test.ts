import { describe, expect, test } from 'vitest';
import type { Acceptance } from '../../src/accept/request.ts';
import { publishAccepted } from '../../src/accept/publishAccepted.ts';
import type { GitSettings } from '../../src/model/settings.ts';
import { GitError } from '../../src/sources/git/gitError.ts';
import type { NewBranch } from '../../src/sources/git/branch.ts';
import { want } from '../support/team.ts';
import { forgeToken, type FakeForge } from '../support/forges/fakeForge.ts';
import { forges } from '../support/forges/forges.ts';

const acceptance: Acceptance = {
  desired: want('machines', 'a', {}),
  changes: [{ path: 'diskSize', desired: 50, observed: 100 }],
  file: 'team.yaml',
  before: 'old\n',
  after: 'new\n',
  revision: 'r',
};

const versions = { GitHub: '/api/v3', Gitea: '/api/v1', GitLab: '/api/v4' };

/** A source whose pushes are recorded, or fail. */
function destination(api: string | null, failure?: GitError) {
  const pushed: NewBranch[] = [];
  const settings = {
    url: 'https://git.example.com/org/team.git',
    ref: 'main',
    forge: api === null ? null : { api, token: { from: 'env', name: 'FORGE_TOKEN' } },
  } as GitSettings;
  const push = async (branch: NewBranch): Promise<string> => {
    pushed.push(branch);
    if (failure) throw failure;
    return 'c0ffee';
  };
  return { pushed, to: { git: { settings, push }, base: 'ba5e', branch: 'accept-a' } };
}

const env = { FORGE_TOKEN: forgeToken };
const apiOf = (forge: FakeForge, name: keyof typeof versions) => `${forge.url}${versions[name]}`;

describe.each(forges)('with $name', ({ name, start }) => {
  test('the pull request names the resource and its fields', async () => {
    await using forge = await start();
    const { pushed, to } = destination(apiOf(forge, name));
    const { pullRequest } = await publishAccepted({ env }, acceptance, to);
    expect(pullRequest).toMatch(/^https:\/\/forge\.example\.com\//);
    expect(forge.pullRequests).toEqual([
      {
        title: 'Accept drift of machines/a: diskSize',
        body: expect.stringContaining('holdfast accept machines/a'),
        from: 'accept-a',
        to: 'main',
      },
    ]);
    expect(pushed).toMatchObject([
      {
        name: 'accept-a',
        base: 'ba5e',
        path: 'team.yaml',
        text: 'new\n',
        author: { name: 'holdfast', email: 'holdfast@localhost' },
      },
    ]);
  });

  test('a refused pull request leaves the branch, and says so', async () => {
    await using forge = await start();
    forge.next('POST', { status: 422, json: { message: 'Validation Failed' } });
    const { to } = destination(apiOf(forge, name));
    await expect(publishAccepted({ env }, acceptance, to)).rejects.toThrow(
      /^the branch accept-a was pushed, but its pull request is not open: POST /,
    );
  });

  test('a lost answer leaves open whether there is a pull request', async () => {
    await using forge = await start();
    forge.next('POST', 'lost');
    const { to } = destination(apiOf(forge, name));
    await expect(publishAccepted({ env }, acceptance, to)).rejects.toThrow('may not be open');
    expect(forge.pullRequests).toHaveLength(1);
  });
});

test('without a forge there is no pull request, and the environment names the author', async () => {
  const { pushed, to } = destination(null);
  const names = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' };
  expect(await publishAccepted({ env: names }, acceptance, to)).toEqual({
    branch: 'accept-a',
    commit: 'c0ffee',
    pullRequest: null,
  });
  expect(pushed[0]?.author).toEqual({ name: 'Ada', email: 'ada@example.com' });
});

test('after a refused push there is no pull request', async () => {
  const { to } = destination('https://unused.example.com/api/v4', new GitError('ref', 'taken'));
  await expect(publishAccepted({ env }, acceptance, to)).rejects.toThrow(
    /^nothing was changed: taken$/,
  );
});
