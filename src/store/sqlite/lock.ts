import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import type { Log } from '../../model/log.ts';
import { readPrivateFile, writePrivateFile } from '../../model/files/privateFiles.ts';
import type { StoreSettings } from '../../model/settings.ts';
import { checkPlace, createFile, openSame, pathOf, preparePlace } from './storePlace.ts';
import { storeErrorOf } from './errors.ts';

/** The right to write to the store at `path`. It ends when it is disposed of, and with the process, however that ends. */
export interface WriterLock extends Disposable {
  readonly path: string;
}

/** The process with the right to write, such as `process 4711 on trainer since 2026-11-21T10:00:00Z`. */
export interface LockHolder {
  readonly heldBy: string;
}

/**
 * Takes the right to write to a store, or returns the process that has it. The lock is SQLite's lock on a file beside
 * the store, which the system releases when its holder dies. Readers do not need it. Rejects with a `StoreError` if the
 * store's directory or files cannot be used or trusted.
 */
export async function lockStore(
  settings: StoreSettings,
  now: Date,
  log: Pick<Log, 'warn'>,
): Promise<WriterLock | LockHolder> {
  const path = pathOf(settings);
  if (path === ':memory:') return { path, [Symbol.dispose]() {} };
  try {
    await preparePlace(settings, log);
    const database = await lockFile(`${path}.lock`);
    if (!database) return { heldBy: await readHolder(path) };
    const holder = `process ${process.pid} on ${hostname()} since ${now.toISOString()}`;
    await writePrivateFile(`${path}.holder`, holder);
    return { path, [Symbol.dispose]: () => database.close() };
  } catch (error) {
    throw storeErrorOf(error, path);
  }
}

/** The process that has the right to write now; undefined if none has. Creates and changes nothing. */
export async function lockHolder(settings: StoreSettings): Promise<string | undefined> {
  const path = pathOf(settings);
  if (path === ':memory:') return undefined;
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
