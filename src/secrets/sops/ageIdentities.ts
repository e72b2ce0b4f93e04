import { FileError, readBounded } from '../../model/files/readBounded.ts';
import type { AgeKey } from './metadata.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The age identities that the environment names, and why some cannot be used. */
export interface Identities {
  readonly texts: readonly string[];
  readonly faults: readonly string[];
}

/** Some hundred identities. */
const maxFileBytes = 64 * 1024;

/**
 * Reads the identities from `SOPS_AGE_KEY` and from the file that `SOPS_AGE_KEY_FILE` names: one a line, with empty
 * lines and comments. Never rejects, and never quotes a line.
 */
export async function readIdentities({
  SOPS_AGE_KEY: keys = '',
  SOPS_AGE_KEY_FILE: file,
}: Environment): Promise<Identities> {
  const own = identitiesIn(keys, 'SOPS_AGE_KEY');
  const filed = file ? await identitiesOf(file) : noIdentities;
  return { texts: [...own.texts, ...filed.texts], faults: [...own.faults, ...filed.faults] };
}

const noIdentities: Identities = { texts: [], faults: [] };

async function identitiesOf(file: string): Promise<Identities> {
  const name = `SOPS_AGE_KEY_FILE (${file})`;
  try {
    const bytes = await readBounded(file, { maxBytes: maxFileBytes });
    return identitiesIn(new TextDecoder().decode(bytes), name);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { texts: [], faults: [`${name} ${error.message}`] };
  }
}

function identitiesIn(text: string, name: string): Identities {
  const lines = text.split('\n').map((line) => line.trim());
  const other = lines.findIndex((line) => line !== '' && !line.startsWith('#') && !isKey(line));
  return {
    texts: lines.filter(isKey),
    faults: other < 0 ? [] : [`line ${other + 1} of ${name} is not an age identity`],
  };
}

const isKey = (line: string): boolean => /^AGE-SECRET-KEY-[A-Z0-9-]+$/.test(line);

/** Decrypts the data key with the first identity that fits one of the age keys; undefined if none does. */
export async function openDataKey(
  keys: readonly AgeKey[],
  identities: readonly string[],
): Promise<Buffer | undefined> {
  if (keys.length === 0 || identities.length === 0) return undefined;
  const { armor, Decrypter } = await import('age-encryption');
  for (const identity of identities)
    for (const { enc } of keys)
      try {
        const decrypter = new Decrypter();
        decrypter.addIdentity(identity);
        const key = await decrypter.decrypt(armor.decode(enc), 'uint8array');
        if (key.length === 32) return Buffer.from(key);
      } catch {
        // Another identity, or an identity that is mistyped: the next may fit.
      }
  return undefined;
}
