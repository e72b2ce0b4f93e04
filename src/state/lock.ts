import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreSettings } from '../model/settings.ts';
import { storeErrorOf } from './trouble.ts';

/** The right to write with a store. It ends when it is disposed of, and with the process, however that ends. */
export type WriterLock = Disposable;

/** Who has the right to write: `process 4711 on trainer since 2026-11-21T10:00:00Z`. */
export interface Held {
  readonly heldBy: string;
}

/**
 * Takes the right to write with a store, or tells who has it. The lock is SQLite's own on a file beside the store, which the system lets
 * go when its holder dies; readers do not need it.
 */
export function lockStore(settings: StoreSettings, now: Date): WriterLock | Held {
  if (settings.type !== 'sqlite' || settings.path === ':memory:') return { [Symbol.dispose]() {} };
  const path = `${settings.path}.lock`;
  const holder = `${settings.path}.holder`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path);
    try {
      database.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive');
    } catch (error) {
      database.close();
      if (isBusy(error)) return { heldBy: readHolder(holder) };
      throw error;
    }
    writeFileSync(holder, `process ${process.pid} on ${hostname()} since ${now.toISOString()}`);
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    throw storeErrorOf(error, settings.path);
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && /database is locked/.test(error.message);

/** The holder writes its name after it has the lock, so for a moment there may be none, or an old one. */
function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'another process';
  }
}
