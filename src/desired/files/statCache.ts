import { statSync, type BigIntStats } from 'node:fs';
import type { Reader } from './readConfig.ts';

/** What was made of files, by path, with how each looked then. */
export type Seen<Content> = ReadonlyMap<
  string,
  { readonly look: string; readonly content: Content }
>;

/**
 * A reader that does not read again what looks as it did `before`. `since` is when this reading began, in milliseconds since 1970; `seen`
 * is for the next one.
 */
export function againAsSeen<Content extends { readonly ok: true }>(
  read: Reader<Content>,
  before: Seen<Content>,
  since: number,
): { readonly read: Reader<Content>; readonly seen: Seen<Content> } {
  const seen = new Map<string, { readonly look: string; readonly content: Content }>();
  return {
    seen,
    async read(path, limits) {
      const file = lookAt(path);
      if (!file) return read(path, limits);
      const look = lookOf(file);
      const known = before.get(path);
      const isKnown = known?.look === look && file.size <= limits.maxBytes;
      const content = isKnown ? known.content : await read(path, limits);
      if (content.ok && isSettled(file, since)) seen.set(path, { look, content });
      return content;
    },
  };
}

/** Not by a thread of its own: to wait for that takes the processor ten times as long as the look, and every file has one in every pass. */
function lookAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** What changes with the content: a file that is written again under an older time still changes its `ctime`. */
const lookOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;

/** Longer than the steps in which any file system counts time, in milliseconds: within one, a file may change and look the same. */
const timeStep = 3000;

const isSettled = ({ mtimeMs, ctimeMs }: BigIntStats, now: number): boolean =>
  now - Math.max(Number(mtimeMs), Number(ctimeMs)) > timeStep;
