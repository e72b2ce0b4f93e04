import { GitError } from '../gitError.ts';
import type { SecretSource } from '../../../model/resource.ts';
import type { GitOptions } from '../options.ts';

/** Reads a credential, without white space at its ends. Rejects with a `GitError`. */
export async function readSecret(source: SecretSource, read: GitOptions['read']): Promise<string> {
  try {
    return (await read(source)).trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GitError('auth', `git.auth cannot be used: ${reason}`, error);
  }
}
