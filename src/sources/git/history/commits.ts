import type { Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded, reasonOf, FileError } from '../../../model/files/readBounded.ts';
import { currentUser, distrustOfNamedFile } from '../../../model/files/trust.ts';
import { visible } from '../../../model/text/visible.ts';
import { GitError } from '../gitError.ts';
import type { Commit } from '../options.ts';
import type { Git } from '../process/git.ts';

type Described = Omit<Commit, 'rewritten'>;

/** Reads the commit that a fetched ref names. With `signers`, rejects with a `GitError` unless its signature is good. */
export async function describeHead(
  git: Git,
  head: string,
  signers: string | null,
): Promise<Described> {
  await checkIsCommit(git, head);
  if (signers !== null) await checkSigners(signers);
  const fields = ['%H', '%an', '%ae', '%ct', '%s', ...(signers === null ? [] : signatureFields)];
  const output = await git.local(
    ['log', '--no-walk', '--encoding=UTF-8', `--format=${fields.join('%x00')}`, head, '--'],
    signers === null ? {} : { config: [['gpg.ssh.allowedSignersFile', signers]] },
  );
  const [id = '', name = '', email = '', seconds, subject = '', ...signature] = output
    .toString()
    .replace(/\n$/, '')
    .split('\0');
  const commit = { id, author: { name, email }, committedAt: timeOf(seconds), subject };
  return { ...commit, verified: signers === null ? null : signedBy(commit, signature) };
}

/** The state of the signature, its principal, and the fingerprint of its key. */
const signatureFields = ['%G?', '%GS', '%GF'] as const;

async function checkIsCommit(git: Git, head: string): Promise<void> {
  const output = await git.local(['cat-file', '--batch-check'], { input: `${head}^{commit}\n` });
  if (!/^[\da-f]+ commit /.test(output.toString()) && !(await isDamaged(git, head)))
    throw new GitError(
      'ref',
      'git.ref names an object that is not a commit; name a branch, a tag of a commit, or a commit',
    );
}

/** A ref whose object is missing. Git then reports the damage itself. */
async function isDamaged(git: Git, head: string): Promise<boolean> {
  const output = await git.local(['cat-file', '--batch-check'], { input: `${head}\n` });
  return output.toString().endsWith(' missing\n');
}

/** In the range of a `Date`, whatever the author wrote. */
export const timeOf = (seconds: string | undefined): Date =>
  new Date(Math.min(Number(seconds) || 0, 8.64e12) * 1000);

const distrust = (opened: Stats): string | undefined => distrustOfNamedFile(opened, currentUser());

/** Git would report an unreadable file as an unknown signer. */
async function checkSigners(path: string): Promise<void> {
  await readBounded(path, { maxBytes: 1024 * 1024, distrust }).catch((error: unknown) => {
    const reason = error instanceof FileError ? error.message : reasonOf(error);
    throw new GitError('signature', `the file ${path} of git.verify.signers ${reason}`, error);
  });
}

function signedBy(
  { id, author }: Pick<Commit, 'id' | 'author'>,
  [state = '', by = '', key = '']: readonly string[],
): Commit['verified'] {
  if (state === 'G') return { by, key };
  throw new GitError(
    'signature',
    `commit ${id} by ${visible(`${author.name} <${author.email}>`)} ${states.get(state) ?? `has no good signature (${state})`}; it is not used. If its author may change the config, sign it again, or add the key to git.verify.signers`,
  );
}

/** The states of a signature in git-log(1), as predicates of a commit. */
const states: ReadonlyMap<string, string> = new Map([
  ['N', 'is not signed with an ssh key'],
  ['B', 'has a signature that is not valid'],
  ['U', 'is signed with a key that is not among the signers'],
  ['X', 'has a signature that has expired'],
  ['Y', 'is signed with a key that has expired'],
  ['R', 'is signed with a key that was revoked'],
  ['E', 'has a signature that cannot be checked'],
]);

/** Whether `former` is certainly not in the history of `commit`. */
export async function isRewritten(git: Git, former: string, commit: string): Promise<boolean> {
  if (former === commit || (await shallowCommits(git)).size > 0) return false;
  const output = await git.local(['cat-file', '--batch-check'], { input: `${former}\n` });
  if (output.toString().endsWith(' missing\n')) return true;
  const others = await git.local(['rev-list', '--max-count=1', former, '--not', commit, '--']);
  return others.length > 0;
}

/** Whether the clone has both commits, and `former` is in the history of `commit`. */
export const isAncestor = (git: Git, former: string, commit: string): Promise<boolean> =>
  git.local(['merge-base', '--is-ancestor', former, commit]).then(
    () => true,
    () => false,
  );

/** The commits whose parents the source lacks. */
export async function shallowCommits(git: Git): Promise<ReadonlySet<string>> {
  const text = await readFile(join(git.clone, 'shallow'), 'utf8').catch(() => '');
  return new Set(text.split('\n').filter((line) => line !== ''));
}
