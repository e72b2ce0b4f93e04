import { realpath } from 'node:fs/promises';
import { isWithin } from '../../model/files/readBounded.ts';
import { currentUser, distrustOfNamedFile } from '../../model/files/trust.ts';
import type { Refusal, Root } from './containment.ts';
import { maxYamlBytes, type Reader } from './readConfig.ts';

/** The operator's settings file. */
export interface OperatorFile {
  /** Its absolute path. */
  readonly path: string;
  /** The option or variable that names it. `root settings`: those at the top of the config of several workspaces. */
  readonly by: '--settings' | 'HOLDFAST_SETTINGS' | 'root settings';
}

/** The operator's settings file with its content, or why it could not be read. */
export interface OperatorContent<Content> {
  readonly file: OperatorFile;
  readonly content: Content | Refusal;
}

/**
 * Reads the operator's settings file. Refuses one in the config directory, since whoever may change that could change
 * it, and one that another local user may have written. Never rejects.
 */
export async function readOperator<Content>(
  file: OperatorFile | undefined,
  root: Root | undefined,
  read: Reader<Content>,
): Promise<OperatorContent<Content> | undefined> {
  if (!file) return undefined;
  const real = await realpath(file.path).catch(() => undefined);
  if (root && real !== undefined && isWithin(root.real, real)) return { file, content: inConfig };
  const content = await read(file.path, {
    maxBytes: maxYamlBytes,
    distrust: (opened) => distrustOfNamedFile(opened, currentUser()),
  });
  return { file, content };
}

const inConfig: Refusal = {
  ok: false,
  rule: 'misplaced',
  message:
    'is in the config directory, so whoever may change the config may change it; put it elsewhere',
};
