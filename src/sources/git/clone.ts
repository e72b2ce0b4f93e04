import { randomBytes } from 'node:crypto';
import { readFile, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateDirectory, writePrivateFile } from '../../model/files/privateFiles.ts';
import { currentUser, distrustOfDirectory } from '../../model/files/trust.ts';
import { CloneDamage, GitError } from './gitError.ts';
import { createGit, type Git } from './process/git.ts';
import type { GitOptions } from './options.ts';
import type { RepositoryUrl } from '../../model/text/repositoryUrl.ts';

/** Work in a clone. */
type Work<Result> = (git: Git) => Promise<Result>;

/** The bare clone of a source, which is made anew when it is damaged. Several processes may use it. */
export interface Clone {
  /** Runs `work` in the clone. If the clone is damaged, `fill` fetches into a new one, in which `work` runs again. */
  run<Result>(work: Work<Result>, fill: Work<void>): Promise<Result>;
}

/** The whole config of a clone. Git could be told by it to run programs, so any other content is replaced. */
const configText = '[core]\n\trepositoryformatversion = 0\n\tbare = true\n';

/** A clone that is not in use and older was left by a process that was killed. */
const unusedMs = 3_600_000;

/**
 * The clone is a directory `clone-ID` with the link `clone` to it, so that another one takes its place in one step,
 * and another process, which still uses the former one, can tell.
 */
export function createClone(options: GitOptions, url: RepositoryUrl): Clone {
  const { directory } = options;
  const link = join(directory, 'clone');
  const gitIn = (name: string): Git => createGit(options, url, join(directory, name));

  async function open(): Promise<string> {
    await prepareDirectory(directory);
    const found = await currentOf(link);
    if (found !== undefined) return found;
    const name = await create(gitIn);
    // Another process may have been first.
    await symlink(name, link).catch(() => undefined);
    return (await currentOf(link)) ?? name;
  }

  /** If it cannot be filled, the former one stays in use, for what it can still give. */
  async function filled(fill: Work<void>): Promise<string> {
    const name = await create(gitIn);
    await fill(gitIn(name)).catch(async (error: unknown) => {
      await rm(join(directory, name), { recursive: true, force: true });
      throw error;
    });
    return name;
  }

  async function replace(former: string, fill: Work<void>): Promise<string> {
    const current = await currentOf(link);
    if (current !== undefined && current !== former) return current;
    const name = await filled(fill);
    const nextLink = `${link}.${randomId()}`;
    await symlink(name, nextLink);
    await rename(nextLink, link);
    await removeUnused(directory, name, former, options.clock.now());
    return name;
  }

  async function runIn<Result>(name: string, work: Work<Result>): Promise<Result> {
    await resetConfig(join(directory, name));
    return work(gitIn(name));
  }

  return {
    async run(work, fill) {
      const name = await open();
      try {
        return await runIn(name, work);
      } catch (error) {
        if (!(error instanceof CloneDamage)) throw error;
      }
      try {
        return await runIn(await replace(name, fill), work);
      } catch (error) {
        throw error instanceof CloneDamage ? new GitError('other', `git: ${error.message}`) : error;
      }
    },
  };
}

const randomId = (): string => randomBytes(6).toString('hex');

async function prepareDirectory(directory: string): Promise<void> {
  await createPrivateDirectory(directory).catch((error: unknown) => {
    throw notWritable(directory, error);
  });
  const distrust = distrustOfDirectory(await stat(directory), currentUser());
  if (distrust !== undefined) throw new GitError('disk', `the directory ${directory} ${distrust}`);
}

/** The name of the clone in use. Undefined: there is none. */
const currentOf = (link: string): Promise<string | undefined> =>
  readlink(link).then(
    (name) => (/^clone-[\da-f]+$/.test(name) ? name : undefined),
    () => undefined,
  );

/** Creates an empty clone. The branch of its HEAD never exists. */
async function create(gitIn: (name: string) => Git): Promise<string> {
  const name = `clone-${randomId()}`;
  const git = gitIn(name);
  await createPrivateDirectory(git.clone).catch((error: unknown) => {
    throw notWritable(git.clone, error);
  });
  await git.local(['init', '--bare', '--quiet', '--template=']);
  return name;
}

async function resetConfig(clone: string): Promise<void> {
  const path = join(clone, 'config');
  if ((await readFile(path, 'utf8').catch(() => undefined)) === configText) return;
  await writePrivateFile(path, configText).catch((error: unknown) => {
    throw new CloneDamage('the config of the clone cannot be replaced', { cause: error });
  });
}

async function removeUnused(
  directory: string,
  used: string,
  former: string,
  now: Date,
): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!name.startsWith('clone-') || name === used) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    if (name === former || now.getTime() - mtimeMs > unusedMs)
      await rm(path, { recursive: true, force: true });
  }
}

/** The error for a directory in which files cannot be created. */
export const notWritable = (path: string, error: unknown): GitError =>
  new GitError(
    'disk',
    `files cannot be written in ${path}: ${error instanceof Error ? error.message : String(error)}`,
    error,
  );
