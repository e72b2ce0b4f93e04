import { lstatSync, type Stats } from 'node:fs';
import { chmod, lstat, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '../../model/log.ts';
import { createPrivateDirectory, UnsafePathError } from '../../model/files/privateFiles.ts';
import type { StoreSettings } from '../../model/settings.ts';
import {
  currentUser,
  distrustOfDirectory,
  distrustOfFile,
  distrustOfLink,
  isOpenToOthers,
  type User,
} from '../../model/files/trust.ts';

/** The suffixes of the files that SQLite keeps for a database. */
const parts = ['', '-wal', '-shm', '-journal'];

/** The suffixes of all files of a store: the store, a new one under creation, the lock, and the name of its holder. */
const suffixes = [
  ...['', '.new', '.lock'].flatMap((name) => parts.map((part) => name + part)),
  '.holder',
];

/** The settings of a SQLite store. The path `:memory:` is a store without files. */
export type SqliteSettings = Extract<StoreSettings, { type: 'sqlite' }>;

/**
 * Creates the directory of a store if there is none, checks the existing files, and makes those readable by their owner
 * only. Rejects with an `UnsafePathError` as `checkPlace` does.
 */
export async function preparePlace(
  settings: SqliteSettings,
  log: Pick<Log, 'warn'>,
): Promise<void> {
  const { path } = settings;
  await createPrivateDirectory(dirname(path));
  await checkPlace(settings);
  for (const file of await filesOpenToOthers(path)) {
    await chmod(file, 0o600);
    log.warn({ file }, 'other users could read this file of the store; now only its owner can');
  }
}

/** The files of a store that belong to this user, and that other users can read. */
export async function filesOpenToOthers(path: string): Promise<readonly string[]> {
  const { uid } = currentUser();
  const found: string[] = [];
  for (const file of suffixes.map((suffix) => path + suffix)) {
    const stats = await statOf(lstat, file);
    if (stats && stats.uid === uid && isOpenToOthers(stats)) found.push(file);
  }
  return found;
}

/** Rejects with an `UnsafePathError` if another user may have made or changed a file of the store. Changes nothing. */
export async function checkPlace(settings: SqliteSettings): Promise<void> {
  const { path } = settings;
  const user = currentUser();
  if (!('simulated' in settings)) await checkDirectory(dirname(path), user);
  for (const file of suffixes.map((suffix) => path + suffix))
    refuse(file, await statOf(lstat, file), (stats) => distrustOfFile(stats, user));
}

async function checkDirectory(directory: string, user: User): Promise<void> {
  refuse(directory, await statOf(lstat, directory), (stats) => distrustOfLink(stats, user));
  refuse(directory, await statOf(stat, directory), (stats) => distrustOfDirectory(stats, user));
}

/** The stats of a path; undefined if it does not exist. */
async function statOf(
  readStats: (path: string) => Promise<Stats>,
  path: string,
): Promise<Stats | undefined> {
  try {
    return await readStats(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function refuse(
  path: string,
  stats: Stats | undefined,
  distrust: (stats: Stats) => string | undefined,
): void {
  const why = stats && distrust(stats);
  if (why !== undefined) throw new UnsafePathError(`${path} ${why}`);
}

/**
 * Creates an empty file that only this user can read, for SQLite to fill. SQLite itself would follow a link, and leave
 * the mode to the umask.
 */
export async function createFile(path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.close();
}

/** Opens a database. Throws an `UnsafePathError` if the file at its path was replaced meanwhile. */
export function openSame<Opened extends { close(): void }>(
  path: string,
  openAt: (path: string) => Opened,
): Opened {
  const before = identityOf(path);
  const opened = openAt(path);
  if (before === undefined || identityOf(path) === before) return opened;
  opened.close();
  throw new UnsafePathError(
    `${path} was replaced while it was opened; make sure that nobody else writes in its directory`,
  );
}

function identityOf(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
