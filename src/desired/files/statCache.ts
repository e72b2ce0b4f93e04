import { statSync, type BigIntStats } from 'node:fs';
import type { Reader } from './readConfig.ts';

/** Values made from files, by path, each with the stat of its file. */
export type StatCache<Content> = ReadonlyMap<
  string,
  { readonly look: string; readonly content: Content }
>;

/**
 * A reader that does not read a file again whose stat is unchanged since `before`. `since`: when this round of reading
 * began, in milliseconds since 1970. `seen`: the cache for the next round.
 */
export function cachedReader<Content extends { readonly ok: true }>(
  read: Reader<Content>,
  before: StatCache<Content>,
  since: number,
): { readonly read: Reader<Content>; readonly seen: StatCache<Content> } {
  const seen = new Map<string, { readonly look: string; readonly content: Content }>();
  return {
    seen,
    async read(path, limits) {
      const file = statOf(path);
      if (!file) return read(path, limits);
      const look = fingerprintOf(file);
      const cached = before.get(path);
      const isCached = cached?.look === look && file.size <= limits.maxBytes;
      const content = isCached ? cached.content : await read(path, limits);
      if (content.ok && isUnambiguous(file, since)) seen.set(path, { look, content });
      return content;
    },
  };
}

/**
 * Synchronous on purpose: waiting for a thread costs ten times as much processor time as the call, which every file
 * needs in every pass.
 */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The values that change with the content: rewriting a file under an older mtime still changes its `ctime`. */
const fingerprintOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;

/**
 * In milliseconds, more than the timestamp granularity of any file system: within one step a file may change without a
 * new time.
 */
const timeStep = 3000;

const isUnambiguous = ({ mtimeMs, ctimeMs }: BigIntStats, now: number): boolean =>
  now - Math.max(Number(mtimeMs), Number(ctimeMs)) > timeStep;
