import { join } from 'node:path';
import { pushBranch, type NewBranch } from './branch.ts';
import { createBlameCache, type BlamesByFile } from './history/blameCache.ts';
import { createClone } from './clone.ts';
import { describeHead, isRewritten } from './history/commits.ts';
import { createAppTokens } from './credentials/appTokens.ts';
import { readCredentials } from './credentials/credentials.ts';
import { fetchRef, localRefs, objectOf, type Remote } from './fetch.ts';
import { GitError } from './gitError.ts';
import type { Commit, GitOptions, Revision } from './options.ts';
import type { Git } from './process/git.ts';
import { checkRef, isCommitId, normalizePath } from './ref.ts';
import { listingOf, treeOf, type Listing } from './revision/entries.ts';
import { readRevision } from './revision/revisions.ts';
import { parseUrl } from './url.ts';

/**
 * A config directory in a Git repository. There is no working tree: the files are read from the clone, so no hook,
 * filter, or attribute of the repository has an effect. All methods reject with a `GitError`, or with the reason of the
 * source's signal.
 */
export interface Repository {
  /** Looks the ref up, fetches it if it has moved, and returns its commit. */
  latest(): Promise<Commit>;
  /** Returns the files of `path` in a commit that `latest` returned. Uses no network unless the clone is damaged. */
  read(commit: string): Promise<Revision>;
  /** Lists what is below `path` in a commit that `latest` returned, relative to it. */
  list(commit: string): Promise<Listing>;
  /** Returns the origin of each line of files, which are named relative to `path`. Calls must not overlap. */
  blame(commit: string, files: readonly string[]): Promise<BlamesByFile>;
  /** Records that the config of a commit is in force, for `inForce` of a later process. */
  keep(commit: string): Promise<void>;
  /**
   * The commit that was recorded last; undefined: none was, or its signature is no longer good. Uses no network.
   */
  inForce(): Promise<Commit | undefined>;
  /**
   * Commits a file on a new branch, and pushes it; the path is relative to `path`. Resolves to the id of the commit.
   * Rejects if the branch exists.
   */
  push(branch: NewBranch): Promise<string>;
}

/** The entry point of `sources/git/`. Throws a `GitError` for options that cannot be used. Starts nothing. */
export function openRepository(options: GitOptions): Repository {
  const url = parseUrl(options.url, options.auth);
  checkRef(options.ref);
  const path = normalizePath(options.path);
  const clone = createClone(options, url);
  const appTokens = createAppTokens(options, url);
  const remote: Remote = {
    url: url.text,
    ref: options.ref,
    credentials: () => readCredentials(options, url, appTokens),
  };
  const { head, used, kept } = localRefs(options.ref, options.name);
  const revisions = join(
    options.directory,
    options.name === undefined ? 'revisions' : 'parts',
    options.name ?? '',
  );
  const renew = (git: Git): Promise<void> => fetchRef(git, remote);
  const blames = createBlameCache();
  let last: string | undefined;

  async function takeLatest(git: Git): Promise<Commit> {
    await fetchRef(git, remote);
    const commit = await describeHead(git, head, options.signers);
    const recorded = await objectOf(git, used);
    // A new clone has no record.
    const former = recorded ?? last;
    const rewritten = former !== undefined && (await isRewritten(git, former, commit.id));
    // Keeps the history of the commit in the clone.
    if (recorded !== commit.id) await git.local(['update-ref', '--', used, commit.id]);
    last = commit.id;
    return { ...commit, rewritten };
  }

  async function readKept(git: Git): Promise<Commit | undefined> {
    if ((await objectOf(git, kept)) === undefined) return undefined;
    return { ...(await describeHead(git, kept, options.signers)), rewritten: false };
  }

  return {
    async latest() {
      try {
        return await clone.run(takeLatest, renew);
      } catch (error) {
        if (error instanceof GitError && error.kind === 'auth') appTokens.forget();
        throw error;
      }
    },
    async read(commit) {
      checkCommit(commit);
      return clone.run(async (git) => {
        const tree = await treeOf(git, commit, path);
        return readRevision(git, tree, { directory: revisions, now: options.clock.now() });
      }, renew);
    },
    async list(commit) {
      checkCommit(commit);
      return clone.run(async (git) => listingOf(git, await treeOf(git, commit, path)), renew);
    },
    async blame(commit, files) {
      checkCommit(commit);
      const paths = new Map(files.map((file) => [join(path, file), file]));
      const found = await clone.run((git) => blames.read(git, commit, [...paths.keys()]), renew);
      return new Map([...found].map(([name, lines]) => [paths.get(name) ?? name, lines]));
    },
    async push(branch) {
      checkCommit(branch.base);
      const file = join(path, branch.path);
      return clone.run((git) => pushBranch(git, remote, { ...branch, path: file }), renew);
    },
    async keep(commit) {
      checkCommit(commit);
      await clone.run(
        async (git) => void (await git.local(['update-ref', '--', kept, commit])),
        renew,
      );
    },
    async inForce() {
      return clone
        .run(readKept, async () => undefined)
        .catch((error: unknown) => {
          if (error instanceof GitError) return undefined;
          throw error;
        });
    },
  };
}

function checkCommit(commit: string): void {
  if (!isCommitId(commit)) throw new GitError('ref', 'a commit is named by its full id');
}
