import { createHash } from 'node:crypto';
import { GitError, CloneDamage } from './gitError.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { Git } from './process/git.ts';
import { unknownRef } from './process/failures.ts';
import { candidatesFor, findRef, isCommitId, type RemoteRef } from './ref.ts';

/** The server's side of a source. */
export interface Remote {
  readonly url: string;
  readonly ref: string;
  readonly credentials: () => Promise<Credentials>;
}

/** The refs of the clone that belong to one configured ref. */
export interface LocalRefs {
  /** The fetched object. */
  readonly head: string;
  /** The commit that was returned last. */
  readonly used: string;
  /** The commit whose config is in force. */
  readonly kept: string;
}

/** `name`: the config in the repository, of several, each of which is in force by itself. */
export function localRefs(ref: string, name?: string): LocalRefs {
  const refOf = (last: string): string => `refs/holdfast/${shortHash(ref)}/${last}`;
  return {
    head: refOf('head'),
    used: refOf('used'),
    kept: refOf(name === undefined ? 'kept' : `kept-${shortHash(name)}`),
  };
}

const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Looks the ref up on the server, and fetches it with its whole history if it has moved. */
export async function fetchRef(git: Git, remote: Remote): Promise<void> {
  const { head } = localRefs(remote.ref);
  const isFixed = isCommitId(remote.ref);
  if (isFixed && (await objectOf(git, head)) === remote.ref) return;
  const credentials = await remote.credentials();
  const found = isFixed
    ? { name: remote.ref, id: remote.ref }
    : await lookUp(git, remote, credentials);
  if ((await objectOf(git, head)) === found.id) return;
  const refspec = `+${found.name}:${head}`;
  try {
    await git.remote('fetch', credentials, ['fetch', ...fetchOptions, '--', remote.url, refspec]);
  } catch (error) {
    // Another process may have fetched the same commit at the same time.
    if (!(error instanceof CloneDamage) || (await objectOf(git, head)) !== found.id) throw error;
  }
  await git.local(['gc', '--auto', '--quiet']).catch(() => undefined);
}

const fetchOptions: readonly string[] = [
  '--quiet',
  '--force',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--refmap=',
  // A shallow source gives what it has; lines from before it have no blame.
  '--update-shallow',
];

async function lookUp(
  git: Git,
  { url, ref }: Remote,
  credentials: Credentials,
): Promise<RemoteRef> {
  const patterns = candidatesFor(ref);
  const output = await git.remote('lookup', credentials, [
    'ls-remote',
    '--quiet',
    '--',
    url,
    ...patterns,
  ]);
  const found = findRef(output, ref);
  if (!found) throw new GitError('ref', unknownRef(ref));
  return found;
}

/** The id of the object that a ref of the clone names. */
export async function objectOf(git: Git, ref: string): Promise<string | undefined> {
  const output = await git.local(['for-each-ref', '--format=%(objectname)', ref]);
  return output.toString().trim() || undefined;
}
