import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecretReaders } from '../../../src/secrets/read.ts';
import { directoryOf } from '../../fixtures/desired/directory.ts';
import { virtualClock } from '../../support/virtualClock.ts';

/** Files that the real program encrypted (test/fixtures/sops/make.sh). */
const fixtures = join(import.meta.dirname, '../../fixtures/sops');

export const identityFile = join(fixtures, 'identity.txt');

export const fixture = (name: string): Promise<string> => readFile(join(fixtures, name), 'utf8');

/** The environment of a reader that has the test identity, and no program `sops`. */
export const withIdentity = { PATH: '/nonexistent', SOPS_AGE_KEY_FILE: identityFile };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a value of a SOPS file with this content: the text, or the error without the directory. */
export async function readSops(
  file: { readonly name: string; readonly content: string },
  key: string,
  env: Environment = withIdentity,
): Promise<string> {
  const directory = await directoryOf({ [file.name]: file.content });
  const read = createSecretReaders(env, virtualClock())({});
  const path = join(directory, file.name);
  return read({ from: 'sops', path, within: directory, key }).catch(
    (error: Error) => `refused: ${error.message.replace(`${key} of ${path}: `, '')}`,
  );
}

/** Reads a value of a fixture. */
export const readFixture = async (name: string, key: string, env?: Environment): Promise<string> =>
  readSops({ name, content: await fixture(name) }, key, env);
