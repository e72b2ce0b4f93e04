import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { openSame } from './storePlace.ts';
import type { Tables } from './tables.ts';
import { explained } from './errors.ts';

/** What a database is opened for; `inspect`: to be read while nobody writes, without a file made beside it. */
export type Access = 'write' | 'read' | 'inspect';

/**
 * A SQLite file as a Kysely database. Writes are on disk when they return (`synchronous = full`, write-ahead log); a second process
 * waits up to five seconds for its turn. What the place does not allow is a `StoreError`, whatever statement meets it.
 */
export function openSqlite(path: string, access: Access = 'write'): Kysely<Tables> {
  const raw = explained(path, () => openSame(path, openers[access]));
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: shim(raw, path) }) });
}

const timeout = 5000;

function openToWrite(path: string): DatabaseSync {
  const raw = new DatabaseSync(path, { timeout });
  raw.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  return raw;
}

/**
 * To read a write-ahead log SQLite makes a file beside it. Where it may not, and there is no log, nobody writes: then the file is read
 * as one that cannot change.
 */
function openToRead(path: string): DatabaseSync {
  const raw = new DatabaseSync(path, { timeout, readOnly: true });
  try {
    raw.prepare('select count(*) from sqlite_master').get();
    return raw;
  } catch (error) {
    raw.close();
    if (!isNotAllowed(error) || existsSync(`${path}-wal`)) throw error;
    return openImmutable(path);
  }
}

const openImmutable = (path: string): DatabaseSync => {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { timeout, readOnly: true });
};

const openers: Readonly<Record<Access, (path: string) => DatabaseSync>> = {
  write: openToWrite,
  read: openToRead,
  inspect: (path) => (existsSync(`${path}-wal`) ? openToRead(path) : openImmutable(path)),
};

/** SQLITE_CANTOPEN, or SQLITE_READONLY with more in its upper bytes. */
const isNotAllowed = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && [8, 14].includes(Number(error.errcode) % 256);

const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];

/** What Kysely's SQLite dialect expects of a driver, made of Node's own. A statement is prepared once. */
function shim(raw: DatabaseSync, path: string): SqliteDatabase {
  const prepared = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  return {
    close: () => raw.close(),
    prepare(text) {
      // On a full disk SQLite rolls back by itself; to do it again would be an error that hides the first one.
      if (text === 'rollback' && !raw.isTransaction) return nothing;
      const known = prepared.get(text);
      if (known) return known;
      const statement = explained(path, () => wrapped(raw.prepare(text), path));
      if (prepared.size < mostPrepared) prepared.set(text, statement);
      return statement;
    },
  };
}

/** There are some sixty different statements. */
const mostPrepared = 200;

const wrapped = (
  statement: StatementSync,
  path: string,
): ReturnType<SqliteDatabase['prepare']> => ({
  reader: statement.columns().length > 0,
  all: (parameters) => explained(path, () => statement.all(...values(parameters))),
  run: (parameters) => explained(path, () => statement.run(...values(parameters))),
  iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
});

const nothing: ReturnType<SqliteDatabase['prepare']> = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};
