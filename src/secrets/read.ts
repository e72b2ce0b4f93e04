import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { FileError, readBounded, reasonOf } from '../model/readFile.ts';
import type { SecretFile, WriteOnly } from '../model/resource.ts';

type Source = Exclude<WriteOnly, { readonly from: 'value' | 'keep' }>;

const run = promisify(execFile);

/**
 * Reads a secret where it is kept: an environment variable, a file (its last newline left out), or a value of a SOPS file by the
 * `sops` program, which checks the file's MAC. Rejects with an `Error` that says why it cannot be read, and never the secret.
 */
export async function readSecret(
  source: Source,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  switch (source.from) {
    case 'env': {
      const value = env[source.name];
      if (!value) throw new Error(`the environment variable ${source.name} is not set`);
      return value;
    }
    case 'file':
      return readSecretFile(source);
    case 'sops':
      return readSops(source.path, source.key);
  }
}

/** The API takes no secret that is nearly as long. */
const maxBytes = 1024 * 1024;

async function readSecretFile({ path, within }: SecretFile): Promise<string> {
  try {
    const directory = within && (await realpath(within));
    const bytes = await readBounded(path, { maxBytes, within: directory });
    const value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      .decode(bytes)
      .replace(/\r?\n$/, '');
    if (value === '') throw new FileError('is empty', 'EMPTY');
    return value;
  } catch (error) {
    const reason = error instanceof FileError ? error.message : reasonOf(error);
    throw new Error(`the secret file ${path} ${reason}`, { cause: error });
  }
}

async function readSops(path: string, key: string): Promise<string> {
  const extract = key
    .split('.')
    .map((part) => `[${JSON.stringify(part)}]`)
    .join('');
  try {
    return (await run('sops', ['--decrypt', '--extract', extract, path])).stdout;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // oxlint-disable-next-line eslint/preserve-caught-error -- the error holds what the program printed: secrets
    throw new Error(
      code === 'ENOENT'
        ? 'the program sops is not installed'
        : `sops cannot decrypt ${key} of ${path} (exit code ${String(code)})`,
    );
  }
}
