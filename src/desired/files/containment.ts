import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isWithin } from '../../model/files/readBounded.ts';
import type { Rule } from '../problems/problems.ts';

/** Why a file cannot be used; the message follows its name. */
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
  message: 'is outside the config directory',
};

export const ownFile: Refusal = {
  ok: false,
  rule: 'own-credential',
  message: 'holds the API key, which no config may read',
};

/** The bounds that operating systems set to paths and their parts, in bytes. */
const longestPath = 4095;
const longestPart = 255;

/** What is wrong with a text as a path; undefined when nothing is. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (/\p{Cc}/u.test(path.slice(0, longestPath))) return 'it holds a control character';
  if (Buffer.byteLength(path) > longestPath) return `it is longer than ${longestPath} bytes`;
  return path.split('/').some((part) => Buffer.byteLength(part) > longestPart)
    ? `a part of it is longer than ${longestPart} bytes`
    : undefined;
}

/** A file that is named from the directory. Looks at the words only, not at links. */
function namedWithin(directory: string, path: string): Place | Refusal {
  const problem = pathProblem(path);
  if (problem !== undefined)
    return { ok: false, rule: 'wrong-value', message: `is not a valid path: ${problem}` };
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
