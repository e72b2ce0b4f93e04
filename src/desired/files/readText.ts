import { hash } from 'node:crypto';
import {
  FileError,
  readBounded,
  reasonOf,
  type ReadLimits,
} from '../../model/files/readBounded.ts';
import { outside, ownFile, type Refusal } from './containment.ts';

/** The content of a text file. */
export interface Text {
  readonly ok: true;
  readonly text: string;
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

export const sha256 = (content: string | Uint8Array): string => hash('sha256', content);

/** Reads a UTF-8 file, with or without a byte-order mark. Never rejects. */
export async function readText(path: string, limits: ReadLimits): Promise<Text | Refusal> {
  try {
    const bytes = await readBounded(path, limits);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) return unreadable('holds a NUL character, so it is not text');
    return { ok: true, text, sha256: sha256(bytes), size: bytes.length };
  } catch (error) {
    if (!(error instanceof FileError)) return unreadable(reasonOf(error));
    if (error.code === 'OUTSIDE') return outside;
    return error.code === 'OWN_KEY' ? ownFile : unreadable(error.message);
  }
}

const unreadable = (reason: string): Refusal => ({
  ok: false,
  rule: 'unreadable',
  message: reason,
});
