import { ForgeError, type Forge } from './forge.ts';
import { createGithub } from './github.ts';
import { createGitlab } from './gitlab.ts';
import type { ForgeAccess } from './http.ts';

/**
 * Creates the client of the forge whose API has this URL, for the repository with this Git URL. Throws a `ForgeError`
 * if one of the URLs cannot be used. Sends nothing. Its requests may wait for a minute in all: create one for each
 * update.
 */
export function openForge({ gitUrl, ...access }: ForgeAccess & { readonly gitUrl: string }): Forge {
  const repository = repositoryOf(gitUrl, access.url);
  const is = forgeOf(access.url);
  return is === 'GitLab'
    ? createGitlab({ ...access, project: repository })
    : createGithub({ ...access, is, repository });
}

/** Returns the forge whose API has this URL. Throws a `ForgeError` if the URL is that of no known API. Pure. */
export function forgeOf(apiUrl: string): 'GitHub' | 'GitLab' | 'Gitea' {
  const { hostname = '', pathname = '' } = URL.parse(apiUrl) ?? {};
  if (/^api\.(github\.com|[\w-]+\.ghe\.com)$/.test(hostname)) return 'GitHub';
  const version = /\/api\/(v\d)\/*$/.exec(pathname)?.[1] ?? '';
  const found = ({ v3: 'GitHub', v4: 'GitLab', v1: 'Gitea' } as const)[version];
  if (found) return found;
  throw new ForgeError(
    'the URL of the API names no known forge: expected https://api.github.com, or a URL that ends with /api/v3 (GitHub), /api/v4 (GitLab), or /api/v1 (Gitea, Forgejo)',
    'rejected',
  );
}

/**
 * Returns the path of a repository, such as `org/gpu-team`, from its Git URL: `https://HOST/org/gpu-team.git`,
 * `ssh://git@HOST/org/gpu-team.git`, or `git@HOST:org/gpu-team.git`. If the forge is served below a path, as the URL of
 * its API shows, that path is left out. Throws a `ForgeError` if the URL has no such path. Pure.
 */
export function repositoryOf(gitUrl: string, apiUrl: string): string {
  const path = pathIn(gitUrl, apiUrl)
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/^\/+/, '');
  const parts = path.split('/');
  const isPath = parts.length > 1 && parts.every((part) => /^(?!\.{1,2}$)[\w.-]+$/.test(part));
  if (isPath) return path;
  throw new ForgeError(
    'the URL of the repository has no path such as org/name, so its forge does not know it',
    'rejected',
  );
}

function pathIn(gitUrl: string, apiUrl: string): string {
  const scpLike = /^[\w.-]+@[\w.-]+:(?!\/\/)(.+)$/.exec(gitUrl);
  if (scpLike) return scpLike[1] ?? '';
  const { protocol = '', pathname = '' } = URL.parse(gitUrl) ?? {};
  if (protocol === 'ssh:') return pathname;
  if (!/^https?:$/.test(protocol)) return '';
  const root = /^(.*)\/api\/v\d\/*$/.exec(URL.parse(apiUrl)?.pathname ?? '')?.[1] ?? '';
  return pathname.startsWith(`${root}/`) ? pathname.slice(root.length) : pathname;
}
