import type { Forge } from '../../../src/forge/forge.ts';
import { createGithub } from '../../../src/forge/github.ts';
import { createGitlab } from '../../../src/forge/gitlab.ts';
import type { Clock } from '../../../src/model/time/clock.ts';
import type { Dialect } from './dialect.ts';
import { fakeForge, forgeToken, type FakeForge } from './fakeForge.ts';

const issues = '/repos/org/team/issues';
const notes = '/projects/42/merge_requests/7/notes';

const github: Dialect = {
  is: 'GitHub',
  repository: '/repos/org/team',
  listPath: `${issues}/7/comments`,
  itemPath: `${issues}/comments`,
  updateMethod: 'PATCH',
  maxPage: 100,
  pageParameter: 'per_page',
  authorField: 'user',
  isAllowed: ({ authorization }) => authorization === `Bearer ${forgeToken}`,
  tellsUser: false,
};

/** A fake forge with the client for it. */
export interface TestForge {
  readonly name: 'GitHub' | 'Gitea' | 'GitLab';
  readonly start: () => Promise<FakeForge>;
  readonly client: (url: string, clock: Clock, token?: string, signal?: AbortSignal) => Forge;
  /** The variables of a job of it for the change 7, with the token. */
  readonly env: (url: string) => Readonly<Record<string, string>>;
}

const actionsEnv = (url: string) => ({
  GITHUB_ACTIONS: 'true',
  GITHUB_API_URL: url,
  GITHUB_REPOSITORY: 'org/team',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_TOKEN: forgeToken,
});

const within = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

/** All forges that Holdfast knows. */
export const forges: readonly TestForge[] = [
  {
    name: 'GitHub',
    start: () => fakeForge(github),
    client: (url, clock, token = forgeToken, signal) =>
      createGithub({ is: 'GitHub', url, token, clock, ...within(signal), repository: 'org/team' }),
    env: actionsEnv,
  },
  {
    name: 'Gitea',
    start: () =>
      fakeForge({
        ...github,
        is: 'Gitea',
        maxPage: 50,
        pageParameter: 'limit',
        isAllowed: ({ authorization }) => authorization === `token ${forgeToken}`,
        tellsUser: true,
      }),
    client: (url, clock, token = forgeToken, signal) =>
      createGithub({ is: 'Gitea', url, token, clock, ...within(signal), repository: 'org/team' }),
    env: (url) => ({ ...actionsEnv(url), GITEA_ACTIONS: 'true' }),
  },
  {
    name: 'GitLab',
    start: () =>
      fakeForge({
        ...github,
        is: 'GitLab',
        repository: '/projects/42',
        listPath: notes,
        itemPath: notes,
        updateMethod: 'PUT',
        authorField: 'author',
        isAllowed: (headers) => headers['private-token'] === forgeToken,
        tellsUser: true,
      }),
    client: (url, clock, token = forgeToken, signal) =>
      createGitlab({ url, token, clock, ...within(signal), project: '42' }),
    env: (url) => ({
      GITLAB_CI: 'true',
      CI_API_V4_URL: url,
      CI_PROJECT_ID: '42',
      CI_MERGE_REQUEST_IID: '7',
      GITLAB_TOKEN: forgeToken,
    }),
  },
];
