import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { currentUser, distrustOfFile } from './trust.ts';

/**
 * Reads and writes files that only Holdfast's user may access. The last component of a path is never followed if it is
 * a link.
 */

/** A path that is refused for its type, owner, or mode. The message says what to do. */
export class UnsafePathError extends Error {
  override readonly name = 'UnsafePathError';
}

/**
 * Creates a directory and its missing parents with mode 0700, and calls `onCreated` with each, parents first. Rejects
 * with Node's error if it cannot. (Node's own `recursive` never ends below /proc.)
 */
export async function createPrivateDirectory(
  path: string,
  onCreated: (directory: string) => void = () => undefined,
): Promise<void> {
  const missing: string[] = [];
  for (let parent = resolve(path); !(await exists(parent)); parent = dirname(parent))
    missing.unshift(parent);
  for (const directory of missing)
    await mkdir(directory, { mode: 0o700 }).then(
      () => onCreated(directory),
      (error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      },
    );
}

/** Rejects with Node's error if the file system does not say whether the path exists. */
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
 * Writes a file atomically, with mode 0600. Replaces a regular file; rejects with an `UnsafePathError` if anything else
 * is at the path.
 */
export async function writePrivateFile(
  path: string,
  pieces: string | Iterable<string | Buffer>,
): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats && !stats.isFile())
    throw new UnsafePathError(
      `${path} is ${stats.isSymbolicLink() ? 'a symbolic link' : 'not a regular file'}; name a regular file or a path that does not exist`,
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

/**
 * Reads a file that Holdfast wrote. Rejects with an `UnsafePathError` if another user may have created or changed it.
 */
export async function readPrivateFile(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(
    (error: unknown) => {
      throw codeOf(error) === 'ELOOP'
        ? new UnsafePathError(`${path} is a symbolic link; put the file itself there`)
        : error;
    },
  );
  const distrust = distrustOfFile(await file.stat(), currentUser());
  if (distrust !== undefined) throw new UnsafePathError(`${path} ${distrust}`);
  return await file.readFile('utf8');
}
