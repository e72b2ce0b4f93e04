import { realpath } from 'node:fs/promises';
import { systemClock, type Clock } from '../model/time/clock.ts';
import { isCredential, ownFiles } from '../model/files/ownCredentials.ts';
import { FileError, readBounded, reasonOf } from '../model/files/readBounded.ts';
import type { ReadLimits } from '../model/files/readBounded.ts';
import type { SecretFile, SecretSource, WriteOnly } from '../model/resource.ts';
import type { SecretProviders } from '../model/settings.ts';
import { ProgramError } from './program.ts';
import { createProviders } from './providers/providers.ts';
import { ProviderError } from './providers/provider.ts';
import { createSops, type Decrypt } from './sops/sops.ts';
import { SopsError } from './sops/tree.ts';

type Source = Exclude<WriteOnly, { readonly from: 'value' | 'keep' }>;
type Environment = Readonly<Record<string, string | undefined>>;

/** The means of reading secrets. */
interface Reader {
  readonly env: Environment;
  readonly decrypt: Decrypt;
  readonly ask: (provider: string, key: string) => Promise<string>;
  /** Files that must not be read, under any name. */
  readonly except: readonly string[];
}

/**
 * The entry point of `secrets/`. Reads a secret of the operator's own settings from its source: an environment
 * variable, a file (without its last newline), or a value of a SOPS file (sops/). Rejects with an `Error` that says why
 * it cannot be read; the message must never contain the secret.
 */
export const readSecret = (source: SecretSource, env: Environment): Promise<string> =>
  readFrom(source, {
    env,
    decrypt: createSops(env, systemClock),
    ask: createProviders({}, { env, clock: systemClock }),
    except: [],
  });

/**
 * Creates the readers of the secrets of a config, one for each pass. They are like `readSecret`, but also ask
 * providers, and refuse Holdfast's own credentials.
 */
export function createSecretReaders(
  env: Environment,
  clock: Clock,
): (providers: SecretProviders) => (source: Source) => Promise<string> {
  const shared = { env, decrypt: createSops(env, clock), except: ownFiles(env) };
  return (providers) => {
    const reader = { ...shared, ask: createProviders(providers, { env, clock }) };
    return async (source) => {
      if (source.from === 'env' && isCredential(source.name))
        throw new Error(`the environment variable ${source.name} is Holdfast’s own`);
      return readFrom(source, reader);
    };
  };
}

async function readFrom(source: Source, reader: Reader): Promise<string> {
  switch (source.from) {
    case 'env': {
      const value = reader.env[source.name];
      if (!value) throw new Error(`the environment variable ${source.name} is not set`);
      return value;
    }
    case 'file':
      return withSource(`the secret file ${source.path}`, () => fromFile(source, reader));
    case 'sops':
      return withSource(`${source.key} of ${source.path}:`, async () =>
        reader.decrypt(source.path, await limitsOf(source, reader), source.key),
      );
    case 'provider':
      return fromProvider(source.provider, source.key, reader);
  }
}

async function fromProvider(provider: string, key: string, { ask }: Reader): Promise<string> {
  try {
    return await ask(provider, key);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new Error(`${key}: the provider ${provider}${error.message}`, { cause: error });
  }
}

/** Adds the source of the secret to the message of an error. */
async function withSource(what: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    const isExplained = [FileError, ProgramError, SopsError].some((type) => error instanceof type);
    const message = isExplained && error instanceof Error ? error.message : reasonOf(error);
    throw new Error(`${what} ${message}`, { cause: error });
  }
}

/** Far larger than any secret that the API accepts. */
const maxBytes = 1024 * 1024;

async function limitsOf({ within }: SecretFile, { except }: Reader): Promise<ReadLimits> {
  return { maxBytes, except, within: within && (await realpath(within)) };
}

async function fromFile(file: SecretFile, reader: Reader): Promise<string> {
  const bytes = await readBounded(file.path, await limitsOf(file, reader));
  const value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    .decode(bytes)
    .replace(/\r?\n$/, '');
  if (value === '') throw new FileError('is empty', 'EMPTY');
  return value;
}
