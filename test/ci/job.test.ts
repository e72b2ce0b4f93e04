import { expect, test } from 'vitest';
import { jobOf } from '../../src/ci/job.ts';

const actions = {
  GITHUB_ACTIONS: 'true',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_REPOSITORY: 'org/team',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_STEP_SUMMARY: '/tmp/summary',
};
const event = { pull_request: { number: 8, head: { sha: 'b'.repeat(40) } } };

test.each([
  ['outside of CI', {}, undefined, undefined],
  [
    'GitHub',
    actions,
    event,
    {
      forge: 'GitHub',
      url: 'https://api.github.com',
      repository: 'org/team',
      change: 7,
      commit: 'b'.repeat(40),
      tokenVariables: ['HOLDFAST_FORGE_TOKEN', 'GITHUB_TOKEN'],
      summaryFile: '/tmp/summary',
    },
  ],
  [
    'GitHub, for a push',
    { ...actions, GITHUB_REF: 'refs/heads/main' },
    undefined,
    { change: undefined, commit: 'a'.repeat(40) },
  ],
  [
    'GitHub, on pull_request_target, whose ref is the base',
    { ...actions, GITHUB_REF: 'refs/heads/main' },
    event,
    { change: 8 },
  ],
  [
    'GitHub, with an event that is none',
    { ...actions, GITHUB_REF: '' },
    'x',
    { change: undefined },
  ],
  [
    'Gitea, which sets the variables of GitHub too',
    { ...actions, GITEA_ACTIONS: 'true', GITHUB_API_URL: 'https://git.example.com/api/v1' },
    undefined,
    {
      forge: 'Gitea',
      url: 'https://git.example.com/api/v1',
      tokenVariables: ['HOLDFAST_FORGE_TOKEN', 'GITEA_TOKEN', 'GITHUB_TOKEN'],
    },
  ],
  [
    'Forgejo, without the URL of the API',
    {
      GITHUB_ACTIONS: 'true',
      FORGEJO_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://code.example.com',
    },
    undefined,
    { forge: 'Gitea', url: 'https://code.example.com/api/v1' },
  ],
  [
    'GitLab',
    {
      GITLAB_CI: 'true',
      CI_API_V4_URL: 'https://gitlab.com/api/v4',
      CI_PROJECT_ID: '42',
      CI_MERGE_REQUEST_IID: '7',
      CI_COMMIT_SHA: 'c'.repeat(40),
    },
    undefined,
    {
      forge: 'GitLab',
      url: 'https://gitlab.com/api/v4',
      repository: '42',
      change: 7,
      commit: 'c'.repeat(40),
      tokenVariables: ['HOLDFAST_FORGE_TOKEN', 'GITLAB_TOKEN'],
    },
  ],
  [
    'GitLab, for a merge request from a fork, whose project is another one',
    {
      GITLAB_CI: 'true',
      CI_PROJECT_ID: '43',
      CI_MERGE_REQUEST_PROJECT_ID: '42',
      CI_MERGE_REQUEST_IID: '7; x',
    },
    undefined,
    { repository: '42', change: undefined },
  ],
])('%s', (_, env, started, expected) => {
  const job = jobOf(env, started);
  expect(job && { ...job, ...expected }).toEqual(job);
  expect(job === undefined).toBe(expected === undefined);
});
