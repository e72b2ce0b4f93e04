import { ForgeError, type Forge } from '../forge/forge.ts';
import { createGithub } from '../forge/github.ts';
import { createGitlab } from '../forge/gitlab.ts';
import { publishComment } from '../forge/publishComment.ts';
import type { Clock } from '../model/time/clock.ts';
import type { Context } from '../setup/context.ts';
import type { CiJob } from './job.ts';

/** Publishes the comment of a change. Resolves to why it was not published; undefined if it was. Never rejects. */
export async function publish(
  job: CiJob,
  comment: { readonly marker: string; readonly body: string },
  env: Context['env'],
  clock: Clock,
): Promise<string | undefined> {
  if (job.change === undefined) return undefined;
  const token = job.tokenVariables.map((name) => env[name]?.trim()).find(Boolean);
  if (token === undefined) return `there is no token: set ${job.tokenVariables.join(' or ')}`;
  try {
    await publishComment(forgeOf(job, token, clock).comments(job.change), comment, clock);
    return undefined;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return error.verdict === 'uncertain'
      ? `${error.message}, so it may exist or not; the next run finds it`
      : error.message;
  }
}

function forgeOf({ forge, url, repository }: CiJob, token: string, clock: Clock): Forge {
  const access = { url, token, clock };
  return forge === 'GitLab'
    ? createGitlab({ ...access, project: repository })
    : createGithub({ ...access, is: forge, repository });
}
