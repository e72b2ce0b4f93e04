import { join } from 'node:path';
import { openRepository, type Repository } from '../../../src/sources/git/repository.ts';
import { defaultTimeouts, type GitOptions } from '../../../src/sources/git/options.ts';
import { systemClock } from '../../../src/model/time/clock.ts';
import { temporaryDirectory } from '../../support/git.ts';

/** Opens a repository without authentication, in a directory of its own. */
export async function open(options: Partial<GitOptions> & { readonly url: string }) {
  const directory = options.directory ?? join(await temporaryDirectory(), 'git');
  const repository: Repository = openRepository({
    ref: 'main',
    path: '.',
    auth: null,
    read: () => Promise.reject(new Error('no secret is expected')),
    signers: null,
    directory,
    env: { PATH: process.env['PATH'] },
    clock: systemClock,
    timeouts: defaultTimeouts,
    ...options,
  });
  return { ...repository, directory };
}

/** The kind and message of the error with which a call rejects. */
export const failureOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: Error & { kind?: string }) => `${error.kind ?? error.name}: ${error.message}`,
  );
