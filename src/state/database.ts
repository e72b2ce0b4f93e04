import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type Generated, type SqliteDatabase } from 'kysely';

/** The tables. Times are RFC 3339, flags 0 or 1, so that any SQL database can hold them. */
export interface Tables {
  meta: { key: string; value: string };
  bindings: {
    address: string;
    live_id: string;
    bound_at: string;
    created: number;
    protected: number;
  };
  intents: { address: string; at: string };
  digests: { address: string; path: string; digest: string };
  readings: { list: string; at: string };
  conditions: { address: string; status: string; since: string; reason: string | null };
  deletions: { address: string; at: string };
  setbacks: {
    action: string;
    failures: number;
    at: string;
    retry_at: string | null;
    fingerprint: string;
    error: string;
  };
  writes: { address: string; path: string; at: string; fingerprint: string };
  suspensions: { address: string; at: string };
  approvals: { digest: string; at: string };
  shortages: { name: string; until: string };
  deeds: {
    id: Generated<number>;
    pass: string;
    address: string;
    action: string;
    verb: string;
    outcome: string;
    error: string | null;
    changes: string;
    at: string;
    took: number;
  };
  passes: {
    pass: string;
    trigger: string;
    mode: string;
    started_at: string;
    finished_at: string;
    summary: string;
  };
}

/**
 * A SQLite file as a Kysely database. Writes are on disk when they return (`synchronous = full`, write-ahead log); a second process
 * waits up to five seconds for its turn.
 */
export function openSqlite(path: string, readOnly = false): Kysely<Tables> {
  const raw = new DatabaseSync(path, { timeout: 5000, readOnly });
  if (!readOnly)
    raw.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: shim(raw) }) });
}

const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];

/** What Kysely's SQLite dialect expects of a driver, made of Node's own. A statement is prepared once. */
function shim(raw: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  return {
    close: () => raw.close(),
    prepare(text) {
      const statement = prepared.get(text) ?? wrapped(raw.prepare(text));
      if (prepared.size < mostPrepared) prepared.set(text, statement);
      return statement;
    },
  };
}

/** There are some sixty different statements. */
const mostPrepared = 200;

const wrapped = (statement: StatementSync): ReturnType<SqliteDatabase['prepare']> => ({
  reader: statement.columns().length > 0,
  all: (parameters) => statement.all(...values(parameters)),
  run: (parameters) => statement.run(...values(parameters)),
  iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
});
