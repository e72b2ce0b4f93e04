import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { GitError } from '../gitError.ts';
import { noCredentials, type Credentials } from '../credentials/credentials.ts';
import type { GitOptions, GitTimeouts } from '../options.ts';
import type { RepositoryUrl } from '../../../model/text/repositoryUrl.ts';
import {
  configVariables,
  fixedConfig,
  gitEnvironment,
  proxyPasswords,
  type GitConfig,
} from './environment.ts';
import { explainFailure, explainLocal } from './failures.ts';
import { CommandFailure, runGit } from './runGit.ts';

/** The means of one command. */
interface Means<Result> {
  readonly timeout: keyof GitTimeouts;
  readonly credentials?: Credentials;
  readonly config?: GitConfig;
  readonly input?: string;
  readonly consume: (output: Readable) => Promise<Result>;
}

/** Runs Git in one clone. All methods reject with a `GitError`, a `CloneDamage`, or the signal's reason. */
export interface Git {
  /** The path of the bare clone. */
  readonly clone: string;
  /** Runs a command that speaks with the server, and returns its output. */
  remote(
    timeout: 'lookup' | 'fetch',
    credentials: Credentials,
    args: readonly string[],
  ): Promise<string>;
  /** Runs a command that uses only the clone, and returns its output. */
  local(args: readonly string[], more?: { input?: string; config?: GitConfig }): Promise<Buffer>;
  /** The same for output that is read piece by piece. */
  stream<Result>(
    args: readonly string[],
    input: string,
    consume: (output: Readable) => Promise<Result>,
  ): Promise<Result>;
}

const maxOutputBytes = 64 * 1024 * 1024;

export function createGit(options: GitOptions, url: RepositoryUrl, clone: string): Git {
  const base = gitEnvironment(options, url, clone);
  const fixed = fixedConfig(options.env);
  const proxySecrets = proxyPasswords(base);
  const { clock, signal, timeouts } = options;
  async function run<Result>(args: readonly string[], means: Means<Result>): Promise<Result> {
    const { credentials = noCredentials, config = [], input = '', timeout, consume } = means;
    const variables = configVariables([...fixed, ...config, ...credentials.config]);
    const env = { ...base, ...variables, ...credentials.env };
    const limitMs = timeouts[timeout];
    try {
      return await runGit({ args, env, input, limitMs, signal }, clock, consume);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      const explain = timeout === 'local' ? explainLocal : explainFailure;
      const secrets = [...credentials.secrets, ...proxySecrets];
      throw explain(error, { options, url, limitMs, secrets });
    }
  }
  return {
    clone,
    async remote(timeout, credentials, args) {
      return (await run(args, { timeout, credentials, consume: collect })).toString();
    },
    local: (args, more) => run(args, { ...more, timeout: 'local', consume: collect }),
    stream: (args, input, consume) => run(args, { timeout: 'local', input, consume }),
  };
}

async function collect(output: Readable): Promise<Buffer> {
  let size = 0;
  output.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxOutputBytes) output.destroy(tooMuch());
  });
  return buffer(output);
}

const tooMuch = (): GitError =>
  new GitError('limit', `git printed more than ${maxOutputBytes} bytes; choose a smaller git.path`);
