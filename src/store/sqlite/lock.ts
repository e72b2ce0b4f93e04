import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../model/log.ts';
import { readPrivateFile, writePrivateFile } from '../../model/files/privateFiles.ts';
import type { LockHolder, WriterLock } from '../backend.ts';
import {
  checkPlace,
  createFile,
  openSame,
  preparePlace,
  type SqliteSettings,
} from './storePlace.ts';

/**
 * Takes the right to write to a store, or returns the process that has it. The lock is SQLite's lock on a file beside
 * the store, which the system releases when its holder dies. Readers do not need it.
 */
export async function lockStoreFile(
  settings: SqliteSettings,
  now: Date,
  log: Pick<Log, 'warn'>,
): Promise<WriterLock | LockHolder> {
  const { path } = settings;
  await preparePlace(settings, log);
  const database = await lockFile(`${path}.lock`);
  if (!database) return { heldBy: await readHolder(path) };
  const holder = `process ${process.pid} on ${hostname()} since ${now.toISOString()}`;
  await writePrivateFile(`${path}.holder`, holder);
  return { store: path, [Symbol.asyncDispose]: async () => database.close() };
}

/** The process that has the right to write now; undefined if none has. Creates and changes nothing. */
export async function storeFileHolder(settings: SqliteSettings): Promise<string | undefined> {
  const { path } = settings;
  await checkPlace(settings);
  return isLocked(`${path}.lock`) ? await readHolder(path) : undefined;
}

/** Locks the lock file; undefined if another process has locked it. */
async function lockFile(path: string): Promise<DatabaseSync | undefined> {
  await createFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const database = openSame(path, (file) => new DatabaseSync(file));
  try {
    database.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** Whether a lock file is locked. SQLite then refuses to read it. */
function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    database.prepare('select count(*) from sqlite_master').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && /database is locked/.test(error.message);

/**
 * Reads the name of the lock's holder. The holder writes it after it has the lock, so for a moment there may be none,
 * or the previous one.
 */
const readHolder = (path: string): Promise<string> =>
  readPrivateFile(`${path}.holder`).then(
    (text) => text.slice(0, 200),
    () => 'another process',
  );
