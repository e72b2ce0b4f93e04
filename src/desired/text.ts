import { createHash, type BinaryLike } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
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

/** Texts by path, with how their files looked when they were read. */
export type SeenTexts = ReadonlyMap<string, { readonly look: string; readonly text: Text }>;

/** What one reading of many files shares with the next: what looks as it did `before` is not read again. */
export interface Reading {
  readonly before: SeenTexts;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** What this reading has seen. */
  readonly now: Map<string, { readonly look: string; readonly text: Text }>;
}

/** Reads a regular file of UTF-8, with or without a byte-order mark, of at most so many bytes. Never rejects. */
export async function readText(
  path: string,
  maxBytes: number,
  reading?: Reading,
): Promise<Text | Refusal> {
  try {
    const file = await stat(path, { bigint: true });
    if (!file.isFile()) return unreadable('is not a regular file');
    if (file.size > maxBytes) return unreadable(`is larger than ${maxBytes} bytes`);
    const look = lookOf(file);
    const before = reading?.before.get(path);
    const text = before?.look === look ? before.text : textOf(await readFile(path));
    if (reading && isSettled(file, reading.since)) reading.now.set(path, { look, text });
    return text;
  } catch (error) {
    return unreadable(reasonOf(error));
  }
}

const textOf = (bytes: Uint8Array): Text => ({
  ok: true,
  text: decoded(bytes),
  sha256: sha256(bytes),
});

/** What changes with the content: a file that is written again with an older time still changes its `ctime`. */
const lookOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;

/** Longer than the steps in which any file system counts time, in milliseconds: within one, a file may change and look the same. */
const timeStep = 3000;

const isSettled = ({ mtimeMs, ctimeMs }: BigIntStats, now: number): boolean =>
  now - Math.max(Number(mtimeMs), Number(ctimeMs)) > timeStep;

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
