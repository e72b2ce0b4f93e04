import { visible } from '../../model/text/visible.ts';
import { GitError } from './gitError.ts';

/** What Git's own rules (git-check-ref-format(1)) forbid anywhere in the name of a ref. */
const forbidden = /^[-/]|[\p{Cc}\s~^:?*[\\]|\.\.|@\{|\/\/|\/\.|^\.|\.lock(?:\/|$)|[./]$|^@$/u;

/** Whether a branch or a tag can have this name. */
export const isRefName = (ref: string): boolean => ref !== '' && !forbidden.test(ref);

/** Throws a `GitError` if no ref can have this name. */
export function checkRef(ref: string): void {
  if (!isRefName(ref))
    throw new GitError(
      'ref',
      `git.ref “${visible(ref.slice(0, 200))}” cannot be the name of a branch or tag; give one, or a full commit id`,
    );
}

/** Whether a ref is a full commit id (SHA-1 or SHA-256). */
export const isCommitId = (ref: string): boolean => /^(?:[\da-f]{40}|[\da-f]{64})$/.test(ref);

/** The full names that a ref may stand for, the preferred one first. */
export const candidatesFor = (ref: string): readonly string[] =>
  ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];

/** A ref of the server with the id of its object, which for an annotated tag is the tag's own. */
export interface RemoteRef {
  readonly name: string;
  readonly id: string;
}

/** Finds the ref in the output of `ls-remote`. */
export function findRef(output: string, ref: string): RemoteRef | undefined {
  const ids = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [id = '', name = ''] = line.split('\t');
    if (isCommitId(id)) ids.set(name, id);
  }
  const name = candidatesFor(ref).find((candidate) => ids.has(candidate));
  const id = name === undefined ? undefined : ids.get(name);
  return name === undefined || id === undefined ? undefined : { name, id };
}

/** Normalizes the config directory inside the repository: no `.`, no `/` at its ends. Empty: the whole repository. */
export function normalizePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.startsWith('/') || parts.includes('..') || /\p{Cc}/u.test(path))
    throw new GitError(
      'path',
      `git.path “${visible(path.slice(0, 200))}” must be a directory inside the repository, such as config/production`,
    );
  return parts.join('/');
}
