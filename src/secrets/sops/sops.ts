import { extname } from 'node:path';
import { openBounded, readBounded, type ReadLimits } from '../../model/files/readBounded.ts';
import type { Clock } from '../../model/time/clock.ts';
import { ProgramError } from '../program.ts';
import { openDataKey, readIdentities } from './ageIdentities.ts';
import { encryptionTest } from './isEncrypted.ts';
import { metadataOf, type Metadata } from './metadata.ts';
import { parseDotenv } from './parseDotenv.ts';
import { parseYaml } from './parseYaml.ts';
import { createSopsProgram } from './sopsProgram.ts';
import { SopsError, type SopsFile } from './tree.ts';
import { decryptVerified, pathKey, type Values } from './verify.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Decrypts the value at `key` (`a.b`) of a SOPS file. Rejects with a `SopsError`, `ProgramError`, or `FileError`. */
export type Decrypt = (path: string, limits: ReadLimits, key: string) => Promise<string>;

/** The formats that are read without the program `sops`, by extension, as `sops` determines them. */
const parsers: ReadonlyMap<string, (text: string) => SopsFile> = new Map([
  ['.yaml', (text) => parseYaml(text, 'core')],
  ['.yml', (text) => parseYaml(text, 'core')],
  ['.json', (text) => parseYaml(text, 'json')],
  ['.env', parseDotenv],
]);

/**
 * Creates a `Decrypt`. It opens files that have an age recipient with an identity in `SOPS_AGE_KEY` or
 * `SOPS_AGE_KEY_FILE`, and gives others to the program `sops`. Every file is verified as a whole.
 */
export function createSops(env: Environment, clock: Clock): Decrypt {
  const runSops = createSopsProgram(env, clock);
  return async (path, limits, key) => {
    const parse = parsers.get(extname(path));
    const opened = parse && (await openFile(parse(await readText(path, limits)), env));
    if (opened && 'values' in opened) return valueAt(opened.values, key);
    try {
      await using file = await openBounded(path, limits);
      return await runSops(file, path, key);
    } catch (error) {
      if (!opened || !(error instanceof ProgramError && error.reason === 'not-installed'))
        throw error;
      throw new SopsError(`${opened.because}, or install the program sops`);
    }
  };
}

async function readText(path: string, limits: ReadLimits): Promise<string> {
  const bytes = await readBounded(path, limits);
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** The values of a file, or why this program cannot open it, and what to set. */
type Opened = { readonly values: Values } | { readonly because: string };

async function openFile(file: SopsFile, env: Environment): Promise<Opened> {
  const metadata = metadataOf(file.metadata);
  if (metadata.isShared)
    return {
      because: `needs keys of several key groups (${recipientsText(metadata)}); use one key group`,
    };
  const isEncrypted = encryptionTest(metadata.rule, file.branches);
  if (!isEncrypted)
    return {
      because: 'is encrypted by a rule that only sops itself evaluates; use a suffix instead',
    };
  const { texts, faults } = await readIdentities(env);
  const key = await openDataKey(metadata.age, texts);
  if (key) return { values: decryptVerified(file, metadata, key, isEncrypted) };
  const fault = faults.length === 0 ? '' : ` (${faults.join('; ')})`;
  return {
    because: `is encrypted for ${recipientsText(metadata)}, and there is no key for that${fault}; set SOPS_AGE_KEY or SOPS_AGE_KEY_FILE to the identity of an age recipient`,
  };
}

/** The number of recipients that a message lists. */
const maxListed = 5;

function recipientsText({ recipients }: Metadata): string {
  if (recipients.length === 0) return 'nobody';
  const others = recipients.length - maxListed;
  const listed = recipients.slice(0, maxListed).join(', ');
  return others > 0 ? `${listed}, and ${others} more` : listed;
}

function valueAt(values: Values, key: string): string {
  const value = values.get(pathKey(key.split('.')));
  if (!value) throw new SopsError('has no single value there');
  if (!value.verified)
    throw new SopsError('does not encrypt that value, and its MAC does not cover it; encrypt it');
  if (value.text === '') throw new SopsError('has an empty value there');
  return value.text;
}
