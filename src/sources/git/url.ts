import type { GitAuth } from '../../model/settings.ts';
import {
  accessProblem,
  parseRepositoryUrl,
  type RepositoryUrl,
} from '../../model/text/repositoryUrl.ts';
import { GitError } from './gitError.ts';

/** Checks the address of a repository against the way of access. Throws a `GitError`. */
export function parseUrl(url: string, auth: GitAuth | null): RepositoryUrl {
  const parsed = parseRepositoryUrl(url);
  if (typeof parsed === 'string') throw new GitError('url', parsed);
  const problem = accessProblem(parsed, auth?.type);
  if (problem !== undefined) throw new GitError('url', problem);
  return parsed;
}
