import { realpath } from 'node:fs/promises';
import { systemClock, type Clock } from '../model/time/clock.ts';
import { isOwnVariable, ownFiles } from '../model/files/ownCredentials.ts';
import { FileError, openBounded, readBounded, reasonOf } from '../model/files/readBounded.ts';
import type { ReadLimits } from '../model/files/readBounded.ts';
import type { SecretFile, WriteOnly } from '../model/resource.ts';
import { ProgramError } from './program.ts';
import { createSops, type Decrypt } from './sops.ts';

type Source = Exclude<WriteOnly, { readonly from: 'value' | 'keep' }>;
type Environment = Readonly<Record<string, string | undefined>>;

/** With what secrets are read. */
interface Means {
  readonly env: Environment;
  readonly decrypt: Decrypt;
  /** Files that are not read under any name. */
  readonly except: readonly string[];
}

/**
 * Reads a secret of the operator's own settings where it is kept: an environment variable, a file (without its last newline), or a
 * value of a SOPS file. Rejects with an `Error` that says why it cannot be read, and never the secret.
 */
export const readSecret = (source: Source, env: Environment): Promise<string> =>
  readFrom(source, { env, decrypt: createSops(env, systemClock), except: [] });

/** Likewise for the secrets of a config, which are never Holdfast's own variables or the file of the API key. */
export function createSecretReader(
  env: Environment,
  clock: Clock,
): (source: Source) => Promise<string> {
  const means = { env, decrypt: createSops(env, clock), except: ownFiles(env) };
  return async (source) => {
    if (source.from === 'env' && isOwnVariable(source.name))
      throw new Error(`the environment variable ${source.name} is Holdfast’s own`);
    return readFrom(source, means);
  };
}

async function readFrom(source: Source, means: Means): Promise<string> {
  switch (source.from) {
    case 'env': {
      const value = means.env[source.name];
      if (!value) throw new Error(`the environment variable ${source.name} is not set`);
      return value;
    }
    case 'file':
      return reading(`the secret file ${source.path}`, () => fromFile(source, means));
    case 'sops':
      return reading(`${source.key} of ${source.path}:`, () => fromSops(source, source.key, means));
  }
}

/** Puts what was read before the reason why it could not be read. */
async function reading(what: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    const said = error instanceof FileError || error instanceof ProgramError;
    throw new Error(`${what} ${said ? error.message : reasonOf(error)}`, { cause: error });
  }
}

/** The API takes no secret that is nearly as long. */
const maxBytes = 1024 * 1024;

async function limitsOf({ within }: SecretFile, { except }: Means): Promise<ReadLimits> {
  return { maxBytes, except, within: within && (await realpath(within)) };
}

async function fromFile(file: SecretFile, means: Means): Promise<string> {
  const bytes = await readBounded(file.path, await limitsOf(file, means));
  const value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    .decode(bytes)
    .replace(/\r?\n$/, '');
  if (value === '') throw new FileError('is empty', 'EMPTY');
  return value;
}

async function fromSops(file: SecretFile, key: string, means: Means): Promise<string> {
  await using opened = await openBounded(file.path, await limitsOf(file, means));
  return await means.decrypt(opened, file.path, key);
}
