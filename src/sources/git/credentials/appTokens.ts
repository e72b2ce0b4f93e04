import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { RequestError } from 'got';
import { GitError } from '../gitError.ts';
import type { GitAuth } from '../../../model/settings.ts';
import type { GitOptions } from '../options.ts';
import type { RepositoryUrl } from '../../../model/text/repositoryUrl.ts';
import { readSecret } from './readSecret.ts';

type GithubApp = Extract<GitAuth, { readonly type: 'githubApp' }>;

/** The tokens with which a GitHub App reads the repository. */
export interface AppTokens {
  /** Returns a token of the App's installation. Rejects with a `GitError`. */
  get(app: GithubApp): Promise<string>;
  /** Forgets the token, for instance because the server refused it. */
  forget(): void;
}

interface Token {
  readonly token: string;
  readonly expiresAt: number;
}

/** A token is replaced this long before its end, so that it lasts for a fetch. */
const marginMs = 5 * 60_000;

/** Requests tokens from the API of the repository's server, and keeps each until 5 minutes before its end. */
export function createAppTokens(options: GitOptions, url: RepositoryUrl): AppTokens {
  let last: Token | undefined;
  return {
    async get(app) {
      if (!last || last.expiresAt - marginMs <= options.clock.now().getTime())
        last = await requestToken(app, options, apiOf(url));
      return last.token;
    },
    forget: () => void (last = undefined),
  };
}

/** GitHub's API; on a GitHub Enterprise Server it is below the server's own address. */
const apiOf = ({ origin, server }: RepositoryUrl): string =>
  server === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;

async function requestToken(app: GithubApp, options: GitOptions, api: string): Promise<Token> {
  const jwt = await signedBy(app, await readSecret(app.key, options.read));
  const path = `app/installations/${encodeURIComponent(app.installation)}/access_tokens`;
  try {
    const answer = await got
      .post(`${api}/${path}`, {
        json: { permissions: { contents: 'read' } },
        headers: { authorization: `Bearer ${jwt}`, accept: 'application/vnd.github+json' },
        agent: agentsFor(options),
        timeout: { request: options.timeouts.lookup },
        retry: { limit: 0 },
        followRedirect: false,
        ...(options.signal && { signal: options.signal }),
      })
      .json<unknown>();
    return tokenIn(answer);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error instanceof GitError ? error : refusal(error, app, api);
  }
}

/** Loaded only for a GitHub App, since it brings a dozen packages. */
async function signedBy({ id }: GithubApp, privateKey: string): Promise<string> {
  const { createAppAuth } = await import('@octokit/auth-app');
  const auth = await createAppAuth({ appId: id, privateKey })({ type: 'app' }).catch(() => {
    // The cause may quote the key.
    throw new GitError(
      'auth',
      'git.auth.githubApp.key is not an RSA private key in PEM format; download one from the settings of the GitHub App',
    );
  });
  return auth.token;
}

const agentsFor = ({ env: proxyEnv }: GitOptions) => ({
  http: new HttpAgent({ proxyEnv }),
  https: new HttpsAgent({ proxyEnv }),
});

function tokenIn(answer: unknown): Token {
  const { token, expires_at: end } = (answer ?? {}) as { token?: unknown; expires_at?: unknown };
  const expiresAt = typeof end === 'string' ? Date.parse(end) : NaN;
  if (typeof token !== 'string' || token === '' || Number.isNaN(expiresAt))
    throw new GitError('other', 'the GitHub API returned no token for git.auth.githubApp');
  return { token, expiresAt };
}

function refusal(error: unknown, { id, installation }: GithubApp, api: string): GitError {
  const { response, code } = error instanceof RequestError ? error : {};
  const app = `GitHub App ${id} with installation ${installation}`;
  if (response)
    return new GitError(
      'auth',
      `${api} gives no token to the ${app} (status ${response.statusCode}); check git.auth.githubApp, and that the App is installed for the repository with the permission to read contents`,
    );
  const isLate = code === 'ETIMEDOUT';
  return new GitError(
    isLate ? 'timeout' : 'unreachable',
    `${api}, which gives the tokens of the ${app}, ${isLate ? 'did not answer in time' : `cannot be reached (${code ?? 'unknown'})`}`,
  );
}
