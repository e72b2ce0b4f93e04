import type { Clock } from '../../model/time/clock.ts';
import type { Problem, SecretSource } from '../../model/resource.ts';
import type { GitAuth } from '../../model/settings.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Time limits in milliseconds. A command that exceeds its limit is killed with all its children. */
export interface GitTimeouts {
  /** Looking up the ref, and requesting the token of a GitHub App. */
  readonly lookup: number;
  readonly fetch: number;
  /** A command that uses only the clone. */
  readonly local: number;
}

export const defaultTimeouts: GitTimeouts = { lookup: 30_000, fetch: 600_000, local: 60_000 };

/** A config directory in a Git repository. */
export interface GitOptions {
  /** `https:`, `ssh:`, or `file:`; `http:` on loopback only. `[USER@]HOST:PATH` is ssh. */
  readonly url: string;
  /** A branch, a tag, or a full commit id. A branch takes precedence over a tag of the same name. */
  readonly ref: string;
  /** The config directory inside the repository. `.` is the whole repository. */
  readonly path: string;
  /** The name of this config, of several in one repository. Default: it is the only one. */
  readonly name?: string;
  readonly auth: GitAuth | null;
  /** Reads a credential. It is called again for each lookup. */
  readonly read: (source: SecretSource) => Promise<string>;
  /** An allowed-signers file (ssh-keygen(1)): only commits that one of them has signed are used. Null: any commit. */
  readonly signers: string | null;
  /** The absolute path of a private directory for the clone and the files of commits. It is created. */
  readonly directory: string;
  /** Only `PATH`, `SSL_CERT_FILE`, and the variables of proxies are used. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly timeouts: GitTimeouts;
  /** Aborting it ends running commands; their calls reject with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A commit that may be used. The texts are as the author wrote them and have to be escaped for output. */
export interface Commit {
  readonly id: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly committedAt: Date;
  readonly subject: string;
  /** The principal and the key of its good signature. Null if signatures are not checked. */
  readonly verified: { readonly by: string; readonly key: string } | null;
  /** The commit that `latest` returned before is not an ancestor: the branch was force-pushed. */
  readonly rewritten: boolean;
}

/** The files of a commit. */
export interface Revision {
  /** A directory with the regular files of `path`. It must not be changed, and may be removed once others are in use. */
  readonly directory: string;
  /** Entries that were not written, with paths relative to `path`. */
  readonly problems: readonly Problem[];
}
