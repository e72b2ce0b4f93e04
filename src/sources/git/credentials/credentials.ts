import { reasonOf } from '../../../model/files/readBounded.ts';
import { access, constants } from 'node:fs/promises';
import { GitError } from '../gitError.ts';
import type { GitOptions } from '../options.ts';
import type { GitConfig } from '../process/environment.ts';
import type { RepositoryUrl } from '../../../model/text/repositoryUrl.ts';
import type { AppTokens } from './appTokens.ts';
import { readSecret } from './readSecret.ts';
import { sshCommand } from './sshCommand.ts';

/** What gives a command access to the server. */
export interface Credentials {
  readonly env: Readonly<Record<string, string>>;
  readonly config: GitConfig;
  /** The texts that no message may contain. */
  readonly secrets: readonly string[];
}

export const noCredentials: Credentials = { env: {}, config: [], secrets: [] };

/** Reads the credentials. Rejects with a `GitError`. */
export async function readCredentials(
  { auth, read }: GitOptions,
  url: RepositoryUrl,
  appTokens: AppTokens,
): Promise<Credentials> {
  switch (auth?.type) {
    case undefined:
      return noCredentials;
    case 'token':
      return basic(url, tokenUser, await readSecret(auth.token, read));
    case 'basic':
      return basic(url, auth.username, await readSecret(auth.password, read));
    case 'githubApp':
      return basic(url, tokenUser, await appTokens.get(auth));
    case 'sshKey':
      await Promise.all([auth.file, auth.knownHosts].map(checkReadable));
      return { env: { GIT_SSH_COMMAND: sshCommand(auth) }, config: [], secrets: [] };
  }
}

/** GitHub requires this name for tokens; GitLab and Gitea accept any. */
const tokenUser = 'x-access-token';

function basic({ origin }: RepositoryUrl, username: string, password: string): Credentials {
  const encoded = Buffer.from(`${username}:${password}`).toString('base64');
  return {
    env: {},
    config: [[`http.${origin}/.extraHeader`, `Authorization: Basic ${encoded}`]],
    secrets: [password, encoded, encodeURIComponent(password)],
  };
}

async function checkReadable(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw new GitError('auth', `the file ${file} of git.auth ${reasonOf(error)}`, error);
  });
}
