import type { Context } from '../setup/context.ts';

type Env = Context['env'];

/** The CI job that runs this process, and the change that it is for. */
export interface CiJob {
  readonly forge: 'GitHub' | 'Gitea' | 'GitLab';
  /** The URL of the forge's API. */
  readonly url: string;
  /** `owner/name`; for GitLab the number of the project. */
  readonly repository: string;
  /** The number of the pull request or merge request; undefined: the job runs for something else. */
  readonly change: number | undefined;
  /** The commit that is reviewed; undefined if unknown. */
  readonly commit: string | undefined;
  /** The variables that may hold the token, in order. */
  readonly tokenVariables: readonly string[];
  /** The file of the job's summary; undefined: there is none. */
  readonly summaryFile: string | undefined;
}

/**
 * Recognises the job by the variables that each CI sets. `event`: the event that started it, as the file of
 * GITHUB_EVENT_PATH has it. Undefined outside of CI. Pure.
 */
export function jobOf(env: Env, event: unknown): CiJob | undefined {
  if (env['GITLAB_CI'] === 'true') return gitlabJob(env);
  const isGitea = env['GITEA_ACTIONS'] === 'true' || env['FORGEJO_ACTIONS'] === 'true';
  if (isGitea || env['GITHUB_ACTIONS'] === 'true') return githubJob(env, event, isGitea);
  return undefined;
}

const gitlabJob = (env: Env): CiJob => ({
  forge: 'GitLab',
  url: env['CI_API_V4_URL'] ?? '',
  repository: env['CI_MERGE_REQUEST_PROJECT_ID'] ?? env['CI_PROJECT_ID'] ?? '',
  change: numberIn(env['CI_MERGE_REQUEST_IID']),
  commit: commitIn(env['CI_COMMIT_SHA']),
  tokenVariables: ['HOLDFAST_FORGE_TOKEN', 'GITLAB_TOKEN'],
  summaryFile: undefined,
});

/** Gitea and Forgejo set the variables of GitHub, beside their own. */
function githubJob(env: Env, event: unknown, isGitea: boolean): CiJob {
  const pullRequest = objectIn(objectIn(event)['pull_request']);
  const [, fromRef] = /^refs\/pull\/(\d+)\//.exec(env['GITHUB_REF'] ?? '') ?? [];
  return {
    forge: isGitea ? 'Gitea' : 'GitHub',
    url:
      env['GITHUB_API_URL'] ??
      (isGitea ? `${env['GITHUB_SERVER_URL'] ?? ''}/api/v1` : 'https://api.github.com'),
    repository: env['GITHUB_REPOSITORY'] ?? '',
    change: numberIn(fromRef) ?? numberIn(String(pullRequest['number'])),
    commit: commitIn(objectIn(pullRequest['head'])['sha']) ?? commitIn(env['GITHUB_SHA']),
    tokenVariables: ['HOLDFAST_FORGE_TOKEN', ...(isGitea ? ['GITEA_TOKEN'] : []), 'GITHUB_TOKEN'],
    summaryFile: env['GITHUB_STEP_SUMMARY'] || undefined,
  };
}

const objectIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;

const commitIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\da-f]{40,64}$/.test(value) ? value : undefined;
