import { createHash, type BinaryLike } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Refusal } from './inside.ts';

/** A text file as it was read. */
export interface Text {
  readonly ok: true;
  readonly text: string;
  readonly sha256: string;
}

export const sha256 = (content: BinaryLike): string =>
  createHash('sha256').update(content).digest('hex');

const unreadable = (reason: string): Refusal => ({
  ok: false,
  rule: 'unreadable',
  message: `this file ${reason}`,
});

/** Reads a regular file of UTF-8, with or without a byte-order mark, of at most so many bytes. Never rejects. */
export async function readText(path: string, maxBytes: number): Promise<Text | Refusal> {
  try {
    const file = await stat(path);
    if (!file.isFile()) return unreadable('is not a regular file');
    if (file.size > maxBytes) return unreadable(`is larger than ${maxBytes} bytes`);
    const bytes = await readFile(path);
    return { ok: true, text: decoded(bytes), sha256: sha256(bytes) };
  } catch (error) {
    return unreadable(reasonOf(error));
  }
}

/** Why a file or directory could not be read: words that follow on its name. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons.get(code) ?? `cannot be read (${code})`;
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'is not a directory'],
  ['EACCES', 'cannot be read: permission denied'],
  ['EPERM', 'cannot be read: permission denied'],
  ['ELOOP', 'is a link that leads back to itself'],
  ['ENAMETOOLONG', 'has too long a name'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'is not UTF-8'],
]);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const decoded = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes);
