/** The kinds of failure of a Git source. */
export type GitFailureKind =
  | 'url'
  | 'auth'
  | 'host-key'
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'redirect'
  | 'not-found'
  | 'ref'
  | 'signature'
  | 'path'
  | 'limit'
  | 'disk'
  | 'program'
  | 'other';

/**
 * Why a Git source gave no config. The message says what is wrong and what to do, and must never contain a credential.
 */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly kind: GitFailureKind;

  constructor(kind: GitFailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Git's local data is missing, broken, or changed by someone else, so the clone has to be made anew. */
export class CloneDamage extends Error {
  override readonly name = 'CloneDamage';
}
