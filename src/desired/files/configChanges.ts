import { ownFiles } from '../../model/files/ownCredentials.ts';
import type { Texts } from '../settings/environment.ts';
import { includeFiles, noFiles } from './includedFiles.ts';
import { inputsOf, type Inputs, type ContentHash } from './inputs.ts';
import { cachedReader, type StatCache } from './statCache.ts';
import { readOperator } from './operatorFile.ts';
import { readConfig, type Reader } from './readConfig.ts';
import { readText } from './readText.ts';

/** A fingerprint of a config directory. */
export interface ConfigLook {
  readonly hash: Inputs['hash'];
  /** For the next call, which reads only the files whose stat differs. */
  readonly seen: StatCache<ContentHash>;
}

/**
 * Hashes everything that an earlier load depended on, without loading it. While the hash equals the load's
 * `inputs.hash`, another load has the same result. Does not read files whose stat is unchanged since `before`, and
 * never files of secrets. Never rejects.
 */
export async function configChanged(
  directory: string,
  inputs: Inputs,
  env: Texts,
  before: ConfigLook['seen'] = new Map(),
  since = Date.now(),
): Promise<ConfigLook> {
  const { read, seen } = cachedReader(readPrint, before, since);
  const config = await readConfig(directory, read);
  const included = config.root
    ? await includeFiles(config.root, inputs, read, ownFiles(env))
    : noFiles;
  const operator = await readOperator(inputs.operator, config.root, read);
  return { hash: inputsOf(config, included, env, operator).hash, seen };
}

const readPrint: Reader<ContentHash> = async (path, limits) => {
  const text = await readText(path, limits);
  return text.ok ? { ok: true, sha256: text.sha256, size: text.size } : text;
};
