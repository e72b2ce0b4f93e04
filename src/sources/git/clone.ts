import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateDirectory, writePrivateFile } from '../../model/files/privateFiles.ts';
import { currentUser, distrustOfDirectory } from '../../model/files/trust.ts';
import { CloneDamage, GitError } from './gitError.ts';
import { createGit, type Git } from './process/git.ts';
import type { GitOptions } from './options.ts';
import type { RepositoryUrl } from './url.ts';

/** The bare clone of a source, which is made anew when it is damaged. */
export interface Clone {
  /** Runs `work` in the clone. If the clone is damaged, `renew` fills a new one, in which `work` runs again. */
  run<Result>(
    work: (git: Git) => Promise<Result>,
    renew: (git: Git) => Promise<unknown>,
  ): Promise<Result>;
}

/** The whole config of a clone. Git could be told by it to run programs, so any other content is replaced. */
const configText = '[core]\n\trepositoryformatversion = 0\n\tbare = true\n';

export function createClone(options: GitOptions, url: RepositoryUrl): Clone {
  const place = join(options.directory, 'clone.git');
  const git = createGit(options, url, place);
  return {
    async run(work, renew) {
      try {
        await prepare(git, options.directory);
        return await work(git);
      } catch (error) {
        if (!(error instanceof CloneDamage)) throw error;
      }
      try {
        await replace(git, createGit(options, url, `${place}.${randomId()}.new`), renew);
        return await work(git);
      } catch (error) {
        throw error instanceof CloneDamage ? new GitError('other', `git: ${error.message}`) : error;
      }
    },
  };
}

const randomId = (): string => randomBytes(6).toString('hex');

/** Creates the clone if it is missing. The branch of its HEAD never exists. */
async function prepare(git: Git, directory: string): Promise<void> {
  try {
    await createPrivateDirectory(directory);
    const distrust = distrustOfDirectory(await stat(directory), currentUser());
    if (distrust !== undefined)
      throw new GitError('disk', `the directory ${directory} ${distrust}`);
    await createPrivateDirectory(git.clone);
  } catch (error) {
    throw error instanceof GitError ? error : notWritable(directory, error);
  }
  const isInitialized = await stat(join(git.clone, 'HEAD')).then(
    () => true,
    () => false,
  );
  if (!isInitialized) await git.local(['init', '--bare', '--quiet', '--template=']);
  const config = join(git.clone, 'config');
  const text = await readFile(config, 'utf8').catch(() => '');
  if (text !== configText) await writeConfig(config);
}

async function writeConfig(path: string): Promise<void> {
  await writePrivateFile(path, configText).catch((error: unknown) => {
    throw new CloneDamage('its config cannot be replaced', { cause: error });
  });
}

/** A failure leaves the former clone as it was, for what it can still give. */
async function replace(git: Git, fresh: Git, renew: (git: Git) => Promise<unknown>): Promise<void> {
  const old = `${git.clone}.${randomId()}.old`;
  try {
    await prepare(fresh, join(git.clone, '..'));
    await renew(fresh);
    await rename(git.clone, old);
    await rename(fresh.clone, git.clone);
  } finally {
    await Promise.all([old, fresh.clone].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** The error for a directory in which files cannot be created. */
export const notWritable = (path: string, error: unknown): GitError =>
  new GitError(
    'disk',
    `files cannot be written in ${path}: ${error instanceof Error ? error.message : String(error)}`,
    error,
  );
