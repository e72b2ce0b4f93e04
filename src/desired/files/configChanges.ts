import { ownFiles } from '../../model/files/ownCredentials.ts';
import type { Texts } from '../settings/environment.ts';
import { includeFiles, noFiles } from './includedFiles.ts';
import { inputsOf, type Inputs, type Print } from './inputs.ts';
import { againAsSeen, type Seen } from './statCache.ts';
import { readConfig, type Reader } from './readConfig.ts';
import { readText } from './readText.ts';

/** What a config directory was like when it was last looked at. */
export interface Look {
  readonly hash: Inputs['hash'];
  /** For the next look, which reads only the files that look different. */
  readonly seen: Seen<Print>;
}

/**
 * Looks at everything that an earlier load depended on, without loading it: as long as the hash is that of the load, another load
 * has the same answer. Files that look as they did in the look `before` are not read, and those of secrets never. Never rejects.
 */
export async function lookAgain(
  directory: string,
  inputs: Inputs,
  env: Texts,
  before: Look['seen'] = new Map(),
  since = Date.now(),
): Promise<Look> {
  const { read, seen } = againAsSeen(readPrint, before, since);
  const config = await readConfig(directory, read);
  const included = config.root
    ? await includeFiles(config.root, inputs, read, ownFiles(env))
    : noFiles;
  return { hash: inputsOf(config, included, env).hash, seen };
}

const readPrint: Reader<Print> = async (path, limits) => {
  const text = await readText(path, limits);
  return text.ok ? { ok: true, sha256: text.sha256, size: text.size } : text;
};
