import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { Kysely, sql, SqliteDialect, type Dialect, type SqliteDatabase } from 'kysely';
import type { ColumnTypes, ReadAccess } from '../backend.ts';
import { openSame } from './storePlace.ts';
import type { Database, Tables } from '../schema/tables.ts';
import { withAdvice } from './errors.ts';

/** The purpose for which a database is opened. */
export type Access = 'write' | ReadAccess;

/** The path with which SQLite opens a new database in memory. */
export const inMemoryPath = ':memory:';

/** SQLite assigns the highest key plus one to a column of exactly this type, if it is the primary key. */
export const columnTypes: ColumnTypes = { assignedKey: 'integer' };

/**
 * Opens a SQLite file as a Kysely database. Writes are on disk when they return (`synchronous = full`, write-ahead
 * log); a second process waits up to five seconds for its turn. Throws, and every statement rejects with, a
 * `StoreError` if the file or its disk is the cause.
 */
export function openSqlite(path: string, access: Access = 'write'): Database {
  const raw = withAdvice(path, () => openSame(path, openers[access]));
  return new Kysely<Tables>({ dialect: dialectOver(adapter(raw, path)) });
}

/**
 * Kysely's dialect, which does not rely on SQLite's transactions for changes of the schema. With them, an interrupted
 * migration leaves the store as it was.
 */
function dialectOver(database: SqliteDatabase): Dialect {
  const dialect = new SqliteDialect({ database });
  return {
    createDriver: () => dialect.createDriver(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (opened) => dialect.createIntrospector(opened),
    createAdapter: () =>
      Object.defineProperty(dialect.createAdapter(), 'supportsTransactionalDdl', { value: true }),
  };
}

/** Reads SQLite's `data_version`, which changes when another connection commits, in this process or another. */
export async function changeToken(database: Database): Promise<string> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(database);
  return String(rows[0]?.data_version);
}

const timeout = 5000;

function openToWrite(path: string): DatabaseSync {
  const raw = new DatabaseSync(path, { timeout });
  raw.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  return raw;
}

/**
 * SQLite creates a file beside the database to read its write-ahead log. If it must not, and there is no log, no
 * process writes: the file is then opened as immutable.
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

/** Whether an error is SQLITE_CANTOPEN or SQLITE_READONLY. The upper bytes of a result code hold details. */
const isNotAllowed = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && [8, 14].includes(Number(error.errcode) % 256);

const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];

/** Adapts Node's SQLite to the driver that Kysely's SQLite dialect expects. Each statement is prepared once. */
function adapter(raw: DatabaseSync, path: string): SqliteDatabase {
  const prepared = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  return {
    close: () => raw.close(),
    prepare(text) {
      // On a full disk SQLite rolls back by itself. A second rollback would fail, and hide the first error.
      if (text === 'rollback' && !raw.isTransaction) return emptyStatement;
      const cached = prepared.get(text);
      if (cached) return cached;
      const statement = withAdvice(path, () => wrapped(raw.prepare(text), path));
      if (prepared.size < maxPrepared) prepared.set(text, statement);
      return statement;
    },
  };
}

/** Far above the number of different statements, which is about sixty. */
const maxPrepared = 200;

const wrapped = (
  statement: StatementSync,
  path: string,
): ReturnType<SqliteDatabase['prepare']> => ({
  reader: statement.columns().length > 0,
  all: (parameters) => withAdvice(path, () => statement.all(...values(parameters))),
  run: (parameters) => withAdvice(path, () => statement.run(...values(parameters))),
  iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
});

const emptyStatement: ReturnType<SqliteDatabase['prepare']> = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};
