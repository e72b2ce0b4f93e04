import type { ColumnDataType } from 'kysely';
import type { Log } from '../model/log.ts';
import type { LeaseRow, LeaseTable } from './leaseTable.ts';
import type { Database } from './schema/tables.ts';

/**
 * A database that can hold a store, as the settings name it: everything in which databases differ. The other files of
 * store/ use Kysely queries that every backend must answer alike. Making a backend opens and changes nothing. Its
 * methods may reject with the errors of the database: `open.ts` passes those of locking and opening through
 * `storeErrorOf`.
 *
 * What the queries assume of an opened `Database`:
 *
 * - A commit survives a power failure from the moment its promise resolves. "An intent is durable before its create is
 *   sent" rests on this alone.
 * - Transactions of a workspace that write run one after the other, and `repeatable read` shows the state of one
 *   moment.
 * - An integer column holds 32 bits, and is read as a `number`. Text is compared by its code points.
 * - `stream()` works.
 * - A query whose failure a person can mend rejects with a `StoreError`, as `storeErrorOf` makes it. Every other error
 *   is passed on as it is.
 */
export interface Backend {
  /** The name of the store in messages, without secrets: the path of a file, or a URL without its password. */
  readonly name: string;

  /** The types of columns that the databases name differently. */
  readonly columnTypes: ColumnTypes;

  /**
   * Takes the right to write, or returns who has it. Never waits for it. Called before `openToWrite`, and before there
   * is a store: it may create what the lock needs, and repair what would refuse the store. The lock must end with its
   * holder, however that ends. Where several processes may write, each gets it, and the leases of `Sharing` decide.
   */
  lock(now: Date, log: Pick<Log, 'warn'>): Promise<WriterLock | LockHolder>;

  /**
   * Who has the right to write to a workspace now, in words for a person; undefined if nobody has. Must not create or
   * change anything.
   */
  lockHolder(workspace: string): Promise<string | undefined>;

  /**
   * Opens the store for writing, and creates it if there is none. `lock` is a lock of this store, and outlives the
   * database: a backend whose lock can be lost must refuse a commit without it. Awaits `migrate` once, which creates
   * the tables or brings them up to date. A new store appears with its tables or not at all. If it rejects, nothing
   * stays open.
   */
  openToWrite(
    lock: WriterLock,
    migrate: (database: Database) => Promise<void>,
  ): Promise<WritableDatabase>;

  /**
   * Opens the store for reading, whatever its schema; undefined if there is none. Needs no lock, and must not wait for
   * a writer or delay one. Must not create or change the store. If it rejects, nothing stays open.
   */
  openToRead(access: ReadAccess): Promise<Database | undefined>;

  /**
   * Reads a value that differs after another process has committed to the store. It may differ after other events too,
   * which costs a read of the whole memory. Called at every read of the memory, so it must be cheap.
   */
  changeToken(database: Database): Promise<string>;

  /**
   * Turns an error of the database or its driver into a `StoreError` that says what is wrong, and what a person can do.
   * Returns the error itself if that is unknown: it is then reported as a bug.
   */
  storeErrorOf(error: unknown): unknown;
}

/** A database that was opened for writing. */
export interface WritableDatabase {
  readonly database: Database;
  /** How several processes share it. Undefined: this process has the right to write to all of it. */
  readonly sharing?: Sharing | undefined;
}

/** How several processes share a database: the holder of its lease writes to a workspace. */
export interface Sharing {
  readonly leases: LeaseTable;
  /** The database for the holder of a lease: a transaction that writes rejects once the lease has ended. */
  forHolder(lease: LeaseRow): Database;
  /** The database for what a person changes in a workspace, whoever holds its lease. */
  forVisitor(workspace: number): Database;
  /** Like that of the backend, for the holder of the lease: it knows its own writes. */
  changeToken(workspace: number): Promise<string>;
  /** Lets the holder of the lease know that its rows have changed. To be called in the transaction of the change. */
  markChanged(transaction: Database, workspace: number): Promise<void>;
}

/** The types of columns that the databases name differently. */
export interface ColumnTypes {
  /** An integer key that the database assigns: higher than all keys of the table. */
  readonly assignedKey: ColumnDataType;
}

/**
 * How a store is opened for reading. `read`: a process may write to it until it is closed. `inspect`: without leaving a
 * trace, such as a file beside it; for a store that no process writes.
 */
export type ReadAccess = 'read' | 'inspect';

/**
 * The right to write to a store, of one process at a time. It ends when it is disposed of, and with the process,
 * however that ends.
 */
export interface WriterLock extends AsyncDisposable {
  /** The name of the store (`Backend.name`). */
  readonly store: string;
}

/** The process with the right to write, such as `process 4711 on trainer since 2026-11-21T10:00:00Z`. */
export interface LockHolder {
  readonly heldBy: string;
}
