import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { currentUser, distrustOfFile } from './trust.ts';

/** Files that Holdfast writes for its own user. The last component of a path is never followed if it is a link. */

/** A path that is refused for its type, owner, or mode. The message says what to do. */
export class UnsafePathError extends Error {
  override readonly name = 'UnsafePathError';
}

/** Makes a directory and those above it that are missing, each for this user alone. (Node's own `recursive` never ends below /proc.) */
export async function makeOwnDirectory(path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); !(await exists(at)); at = dirname(at)) missing.unshift(at);
  for (const directory of missing)
    await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
}

/** Rejects with Node's error where it cannot be seen whether anything is there. */
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT' && dirname(path) !== path) return false;
      throw error;
    },
  );

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/**
 * Writes a file that is there whole or not at all. It replaces a regular file, and rejects with an `UnsafePathError` when anything else is
 * in its place.
 */
export async function writeOwnFile(
  path: string,
  pieces: string | Iterable<string | Buffer>,
): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats && !stats.isFile())
    throw new UnsafePathError(
      `${path} is ${stats.isSymbolicLink() ? 'a symbolic link' : 'not a regular file'}; name a file, or a place where none is`,
    );
  const part = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await writeFile(part, pieces, { flag: 'wx', mode: 0o600 });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Reads a file that Holdfast wrote. Rejects with an `UnsafePathError` when another user may have made or changed it. */
export async function readOwnFile(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    (error: unknown) => {
      throw codeOf(error) === 'ELOOP'
        ? new UnsafePathError(`${path} is a symbolic link; put the file itself there`)
        : error;
    },
  );
  const why = distrustOfFile(await file.stat(), currentUser());
  if (why !== undefined) throw new UnsafePathError(`${path} ${why}`);
  return await file.readFile('utf8');
}
