import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isWithin } from '../../model/files/readBounded.ts';
import type { Rule } from '../problems/problems.ts';

/** Why a file cannot be used. The message follows the name of the file. */
export interface Refusal {
  readonly ok: false;
  readonly rule: Rule;
  readonly message: string;
}

/** The absolute path of a file. */
export interface FileLocation {
  readonly ok: true;
  readonly path: string;
  /** The absolute path of the directory that must contain the file when it is read, links resolved. Default: any. */
  readonly within?: string;
  /** The file holds one of Holdfast's own credentials. */
  readonly own?: boolean;
}

/** The config directory: as it was given, and with links resolved. */
export interface Root {
  readonly path: string;
  readonly real: string;
}

/** Rejects if the directory does not exist. */
export const rootOf = async (directory: string): Promise<Root> => ({
  path: resolve(directory),
  real: await realpath(directory),
});

/** A path relative to the directory, with `/`, as problems name files. Both arguments are absolute and normalized. */
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
  message: 'holds a credential of Holdfast, which no config may read',
};

/** Refuses a file that holds one of Holdfast's own credentials. */
export const withoutOwn = <File extends object>(file: File): File | Refusal =>
  'own' in file ? ownFile : file;

/** The limits of operating systems on a path and on each of its parts, in bytes. */
const longestPath = 4095;
const longestPart = 255;

/** Explains why a text is not a valid path; undefined if it is valid. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (/\p{Cc}/u.test(path.slice(0, longestPath))) return 'it holds a control character';
  if (Buffer.byteLength(path) > longestPath) return `it is longer than ${longestPath} bytes`;
  return path.split('/').some((part) => Buffer.byteLength(part) > longestPart)
    ? `a part of it is longer than ${longestPart} bytes`
    : undefined;
}

/** Resolves a path against the directory. Compares the texts only and follows no link. */
function resolveWithin(directory: string, path: string): FileLocation | Refusal {
  const problem = pathProblem(path);
  if (problem !== undefined) return invalid(problem);
  const [within, absolute] = [resolve(directory), resolve(directory, path)];
  return isWithin(within, absolute) ? { ok: true, path: absolute, within } : outside;
}

/** Resolves a path that the operator wrote, relative to a directory. It may lead anywhere. */
export function resolveAnywhere(directory: string, path: string): FileLocation | Refusal {
  const problem = pathProblem(path);
  return problem === undefined ? { ok: true, path: resolve(directory, path) } : invalid(problem);
}

const invalid = (problem: string): Refusal => ({
  ok: false,
  rule: 'wrong-value',
  message: `is not a valid path: ${problem}`,
});

/**
 * Resolves a path against the directory, and refuses one whose links lead out of it. A file that does not exist is
 * inside if its path is.
 */
export async function resolveInside(root: Root, path: string): Promise<FileLocation | Refusal> {
  const place = resolveWithin(root.path, path);
  if (!place.ok) return place;
  const linked = join(root.real, relative(root.path, place.path));
  const real = await realpath(linked).catch(() => undefined);
  return real === undefined || isWithin(root.real, real) ? place : outside;
}
