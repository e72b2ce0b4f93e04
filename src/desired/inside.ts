import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Rule } from './problems.ts';

/** Why a file cannot be used. */
export interface Refusal {
  readonly ok: false;
  readonly rule: Rule;
  readonly message: string;
}

/** The absolute path of a file inside the config directory. */
export interface Place {
  readonly ok: true;
  readonly path: string;
}

/** The config directory, as it was named and without links. */
export interface Root {
  readonly path: string;
  readonly real: string;
}

/** Rejects when there is no such directory. */
export const rootOf = async (directory: string): Promise<Root> => ({
  path: resolve(directory),
  real: await realpath(directory),
});

/** Whether a path is the directory or below it, both absolute and without links. */
export function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A path below the directory as problems name it: from there, with `/`. Both are absolute, and in neither is there anything to tidy. */
export const nameOf = (directory: string, path: string): string =>
  (path.startsWith(directory + sep) ? path.slice(directory.length + 1) : relative(directory, path))
    .split(sep)
    .join('/');

const outside: Refusal = {
  ok: false,
  rule: 'outside-directory',
  message: 'this file is outside the config directory',
};

/** A file that is named from the directory. Looks at the words only, not at links. */
export function namedWithin(directory: string, path: string): Place | Refusal {
  if (path === '' || path.includes('\0'))
    return { ok: false, rule: 'wrong-value', message: 'this is no path of a file' };
  const absolute = resolve(directory, path);
  return isWithin(resolve(directory), absolute) ? { ok: true, path: absolute } : outside;
}

/** Likewise, and no link may lead out. What does not exist is inside if its name is. */
export async function foundWithin(root: Root, path: string): Promise<Place | Refusal> {
  const place = namedWithin(root.path, path);
  if (!place.ok) return place;
  const linked = join(root.real, relative(root.path, place.path));
  const real = await realpath(linked).catch(() => undefined);
  return real === undefined || isWithin(root.real, real) ? place : outside;
}
