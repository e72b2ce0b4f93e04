import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isWithin } from '../model/readFile.ts';
import type { Rule } from './problems.ts';

/** Why a file cannot be used. */
export interface Refusal {
  readonly ok: false;
  readonly rule: Rule;
  readonly message: string;
}

/** A file by its absolute path. */
export interface Place {
  readonly ok: true;
  readonly path: string;
  /** The absolute path of the directory that must hold the file when it is read, links resolved. Default: any. */
  readonly within?: string;
  /** It holds a credential of Holdfast's own. */
  readonly own?: boolean;
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

/** A path below the directory as problems name it: from there, with `/`. Both are absolute, and in neither is there anything to tidy. */
export const nameOf = (directory: string, path: string): string =>
  (path.startsWith(directory + sep) ? path.slice(directory.length + 1) : relative(directory, path))
    .split(sep)
    .join('/');

export const outside: Refusal = {
  ok: false,
  rule: 'outside-directory',
  message: 'this file is outside the config directory',
};

export const ownFile: Refusal = {
  ok: false,
  rule: 'own-credential',
  message: 'this file holds the API key, which no config may read',
};

/** A file that is named from the directory. Looks at the words only, not at links. */
function namedWithin(directory: string, path: string): Place | Refusal {
  if (path === '' || path.includes('\0'))
    return { ok: false, rule: 'wrong-value', message: 'this is no path of a file' };
  const [within, absolute] = [resolve(directory), resolve(directory, path)];
  return isWithin(within, absolute) ? { ok: true, path: absolute, within } : outside;
}

/** Likewise, and no link may lead out. What does not exist is inside if its name is. */
export async function foundWithin(root: Root, path: string): Promise<Place | Refusal> {
  const place = namedWithin(root.path, path);
  if (!place.ok) return place;
  const linked = join(root.real, relative(root.path, place.path));
  const real = await realpath(linked).catch(() => undefined);
  return real === undefined || isWithin(root.real, real) ? place : outside;
}
