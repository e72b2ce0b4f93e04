import type { Published } from './printAccept.ts';
import type { Acceptance } from './request.ts';
import { ForgeError } from '../forge/forge.ts';
import { openForge } from '../forge/openForge.ts';
import type { GitSettings } from '../model/settings.ts';
import { systemClock } from '../model/time/clock.ts';
import { readSecret } from '../secrets/read.ts';
import type { GitSource } from '../setup/gitConfig.ts';
import { UserError, type Context } from '../setup/context.ts';
import { GitError } from '../sources/git/gitError.ts';

/** Where the change goes. */
export interface Destination {
  readonly git: Pick<GitSource, 'settings' | 'push'>;
  /** The commit that the accepted file was read from. */
  readonly base: string;
  readonly branch: string;
}

/**
 * Commits the accepted file on a new branch, pushes it, and opens a pull request if the settings have a forge. Rejects
 * with a `UserError`, which says what was done.
 */
export async function publishAccepted(
  context: Pick<Context, 'env'>,
  acceptance: Acceptance,
  { git, base, branch }: Destination,
): Promise<Published> {
  const { file, after } = acceptance;
  const title = titleOf(acceptance);
  const body = bodyOf(acceptance);
  const commit = await git
    .push({
      name: branch,
      base,
      path: file,
      text: after,
      message: `${title}\n\n${body}`,
      author: authorOf(context.env),
    })
    .catch((error: unknown) => {
      if (!(error instanceof GitError)) throw error;
      throw new UserError(`nothing was changed: ${error.message}`, { cause: error });
    });
  const pullRequest = await openPullRequest(context, git.settings, {
    title,
    body,
    from: branch,
    to: git.settings.ref,
  });
  return { branch, commit, pullRequest };
}

/** The person, if the environment says who it is, as it does for Git itself. */
const authorOf = ({ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email }: Context['env']) =>
  name && email ? { name, email } : { name: 'holdfast', email: 'holdfast@localhost' };

const titleOf = ({ desired, changes }: Acceptance): string =>
  `Accept drift of ${desired.address}: ${changes.map(({ path }) => path).join(', ')}`.slice(0, 200);

const bodyOf = ({ desired, file }: Acceptance): string =>
  `The live team differs from ${file}, and stays as it is.\nWritten by: holdfast accept ${desired.address}\n`;

async function openPullRequest(
  { env }: Pick<Context, 'env'>,
  { url: gitUrl, forge }: GitSettings,
  change: Parameters<ReturnType<typeof openForge>['pullRequests']['create']>[0],
): Promise<string | null> {
  if (!forge) return null;
  try {
    const token = await readSecret(forge.token, env);
    const client = openForge({ gitUrl, url: forge.api, token, clock: systemClock });
    return await client.pullRequests.create(change);
  } catch (error) {
    const certainty =
      error instanceof ForgeError && error.verdict === 'uncertain'
        ? 'may not be open'
        : 'is not open';
    const because = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `the branch ${change.from} was pushed, but its pull request ${certainty}: ${because}`,
      { cause: error },
    );
  }
}
