import { describe, expect, test } from 'vitest';
import { forgeOf, openForge, repositoryOf } from '../../src/forge/openForge.ts';
import { autoClock } from '../support/autoClock.ts';
import { forgeToken } from '../support/forges/fakeForge.ts';
import { forges } from '../support/forges/forges.ts';

test.each([
  ['https://api.github.com', 'GitHub'],
  ['https://api.github.com/', 'GitHub'],
  ['https://api.acme.ghe.com', 'GitHub'],
  ['https://github.example.com/api/v3', 'GitHub'],
  ['https://gitlab.com/api/v4', 'GitLab'],
  ['https://example.com/gitlab/api/v4/', 'GitLab'],
  ['https://codeberg.org/api/v1', 'Gitea'],
] as const)('the API at %s is that of %s', (url, forge) => {
  expect(forgeOf(url)).toBe(forge);
});

test.each(['https://github.com', 'https://example.com/api/v2', 'https://api.github.com.evil', ''])(
  'the API at "%s" is that of no forge',
  (url) => {
    expect(() => forgeOf(url)).toThrow(/names no known forge: expected https:\/\/api.github.com/);
  },
);

const gitlab = 'https://git.example.com/api/v4';

test.each([
  ['https://git.example.com/org/gpu-team.git', gitlab, 'org/gpu-team'],
  ['https://git.example.com/org/gpu-team', gitlab, 'org/gpu-team'],
  ['https://git.example.com/org/gpu-team/', gitlab, 'org/gpu-team'],
  ['https://git.example.com/org/sub/team.git', gitlab, 'org/sub/team'],
  ['https://user@git.example.com/org/team.git', gitlab, 'org/team'],
  ['http://127.0.0.1:3000/org/team.git', 'http://127.0.0.1:3000/api/v1', 'org/team'],
  ['git@git.example.com:org/team.git', gitlab, 'org/team'],
  ['git@git.example.com:/org/team.git', gitlab, 'org/team'],
  ['ssh://git@git.example.com/org/team.git', gitlab, 'org/team'],
  ['ssh://git@git.example.com:2222/org/team', gitlab, 'org/team'],
  ['https://example.com/gitlab/org/team.git', 'https://example.com/gitlab/api/v4', 'org/team'],
  ['https://example.com/gitlabs/team.git', 'https://example.com/gitlab/api/v4', 'gitlabs/team'],
  ['git@example.com:org/team.git', 'https://example.com/gitlab/api/v4', 'org/team'],
])('the repository of %s at %s is %s', (url, api, repository) => {
  expect(repositoryOf(url, api)).toBe(repository);
});

test.each([
  'file:///srv/git/org/team.git',
  '/srv/git/org/team.git',
  'https://git.example.com/team.git',
  'https://git.example.com/org/../team.git',
  'git@git.example.com:org/../../team.git',
  'https://git.example.com/org/te%2Fam.git',
  'https://git.example.com/',
  '',
])('"%s" has no repository', (url) => {
  expect(() => repositoryOf(url, gitlab)).toThrow(/has no path such as org\/name/);
});

describe.each(forges)('the client for $name', (forge) => {
  test('is found by the URLs of the repository and of the API', async () => {
    await using fake = await forge.start();
    const url = `${fake.url}/api/${{ GitHub: 'v3', GitLab: 'v4', Gitea: 'v1' }[forge.name]}`;
    const gitUrl = `${fake.url}/org/team.git`;
    const client = openForge({ url, gitUrl, token: forgeToken, clock: autoClock(new Date(0)) });
    await client.issues.create({ title: 'a title', body: 'a body' });
    expect(fake.issues).toMatchObject([{ title: 'a title', body: 'a body' }]);
  });
});
