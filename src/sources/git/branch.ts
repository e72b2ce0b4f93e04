import { GitError, CloneDamage } from './gitError.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { Git } from './process/git.ts';
import { isRefName } from './ref.ts';
import { withFile } from './revision/changeTree.ts';
import { visible } from '../../model/text/visible.ts';

/** A commit that changes one file, on a new branch. */
export interface NewBranch {
  readonly name: string;
  /** The commit that it begins from. */
  readonly base: string;
  /** The path of the file from the root of the repository, and its new text. The file exists in `base`. */
  readonly path: string;
  readonly text: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
}

/** Throws a `GitError` if no branch can have this name. */
export function checkBranch(name: string): void {
  if (!isRefName(name) || name.startsWith('refs/') || name === 'HEAD')
    throw new GitError('ref', `“${visible(name.slice(0, 200))}” cannot be the name of a branch`);
}

/**
 * Commits the file and pushes the branch. Rejects with a `GitError` if the server has the branch already: nothing is
 * ever overwritten. Resolves to the id of the commit.
 */
export async function pushBranch(
  git: Git,
  remote: { readonly url: string; readonly credentials: () => Promise<Credentials> },
  branch: NewBranch,
): Promise<string> {
  checkBranch(branch.name);
  const ref = `refs/heads/${branch.name}`;
  const credentials = await remote.credentials();
  const listed = await git.remote('lookup', credentials, [
    'ls-remote',
    '--quiet',
    '--',
    remote.url,
    ref,
  ]);
  if (listed.trim() !== '') throw taken(branch.name);
  const commit = await commitFile(git, branch);
  // An empty lease holds only while the server has no such branch.
  const lease = `--force-with-lease=${ref}:`;
  const args = ['push', '--quiet', '--no-verify', lease, '--', remote.url, `${commit}:${ref}`];
  await git.remote('fetch', credentials, args).catch((error: unknown) => {
    throw pushError(error, branch.name);
  });
  return commit;
}

async function commitFile(
  git: Git,
  { base, path, text, message, author }: NewBranch,
): Promise<string> {
  const tree = await withFile(git, base, path, text);
  const config = [
    ['user.name', author.name],
    ['user.email', author.email],
    ['commit.gpgSign', 'false'],
  ] as const;
  const output = await git.local(['commit-tree', '-p', base, tree], { input: message, config });
  return output.toString().trim();
}

const taken = (name: string): GitError =>
  new GitError('ref', `the repository already has a branch “${visible(name)}”; give another name`);

function pushError(error: unknown, name: string): unknown {
  if (error instanceof CloneDamage) {
    if (error.message.includes('stale info')) return taken(name);
    return new GitError('other', `the server refused the branch: ${error.message}`, error);
  }
  if (error instanceof GitError && error.kind === 'auth')
    return new GitError('auth', `${error.message}; a push needs the permission to write`, error);
  return error;
}
