import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const execute = promisify(execFile);

/** A repository with a working tree, on whose branch `main` a test commits. */
export interface TestRepository {
  readonly directory: string;
  readonly url: string;
  /** Runs Git in the working tree, and returns its output without the last newline. */
  git(...args: readonly string[]): Promise<string>;
  /** Writes files, null removing one, and commits them. Returns the id of the commit. */
  commit(files: TestFiles, options?: CommitOptions): Promise<string>;
}

export type TestFiles = Readonly<Record<string, string | Uint8Array | null>>;

export interface CommitOptions {
  readonly author?: string;
  readonly subject?: string;
  /** The private key that signs the commit. */
  readonly key?: string;
}

/** A directory that is removed when the test has ended. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-git-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Environment variables that keep the user's Git config out of tests. */
const environment = {
  PATH: process.env['PATH'],
  HOME: '/dev/null',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Creates an empty repository. */
export async function testRepository(): Promise<TestRepository> {
  const directory = join(await temporaryDirectory(), 'team');
  await mkdir(directory);
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execute('git', args, { cwd: directory, env: environment });
    return stdout.replace(/\n$/, '');
  };
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'http.receivepack', 'false');
  return {
    directory,
    url: `file://${directory}`,
    git,
    async commit(files, { author = 'Ada <ada@example.com>', subject = 'Change', key } = {}) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(directory, name);
        await mkdir(dirname(path), { recursive: true });
        if (content === null) await rm(path);
        else await writeFile(path, content);
      }
      await git('add', '--all');
      const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(author) ?? [];
      const identity = ['-c', `user.name=${name}`, '-c', `user.email=${email}`];
      const signing = key === undefined ? [] : [`--gpg-sign=${key}`];
      const format = ['-c', 'gpg.format=ssh'];
      await git(
        ...identity,
        ...format,
        'commit',
        '--quiet',
        '--allow-empty',
        '-m',
        subject,
        ...signing,
      );
      return git('rev-parse', 'HEAD');
    },
  };
}

/** Creates an ssh key without a passphrase. Returns the path of the private key; the public one has `.pub`. */
export async function createKey(directory: string, name: string): Promise<string> {
  const path = join(directory, name);
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  return path;
}
