import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type DataTypeNode,
  type Dialect,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { StoreError } from '../../model/store.ts';

/** How queries are sent. */
export interface Sending {
  /** How long an answer may take, in milliseconds. Default: for ever. */
  readonly timeout?: number | undefined;
  /**
   * Called at the begin of every transaction that may write. If it rejects, the transaction does not happen. Without
   * it, a statement outside of a transaction is sent as it is.
   */
  readonly fence?: (client: PoolClient) => Promise<void>;
  /** Turns an error of PostgreSQL or its driver into one for a person. */
  readonly errorOf: (error: unknown) => unknown;
  /** Called when the database is destroyed. */
  readonly destroy?: () => Promise<void>;
}

/**
 * Kysely's dialect for PostgreSQL, with what the store needs beside it: text is compared by its code points, a commit
 * is on disk, no session keeps a state (so that a pooler such as PgBouncer may stand between), and a statement that
 * writes is a transaction with its fence.
 */
export const postgresDialect = (pool: Pool, sending: Sending): Dialect => ({
  createAdapter: () => new Adapter(),
  createDriver: () => new PoolDriver(pool, sending),
  createQueryCompiler: () => new Compiler(),
  createIntrospector: (database) => new PostgresIntrospector(database),
});

/** Migrations run in a transaction that has a lock of its own: Kysely's lock is one of the session. */
class Adapter extends PostgresAdapter {
  override acquireMigrationLock = () => Promise.resolve();
  override releaseMigrationLock = () => Promise.resolve();
}

class Compiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node);
    if (node.dataType === 'text') this.append(' collate "C"');
  }
}

class PoolDriver implements Driver {
  readonly #pool: Pool;
  readonly #sending: Sending;

  constructor(pool: Pool, sending: Sending) {
    this.#pool = pool;
    this.#sending = sending;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<PoolConnection> {
    try {
      return new PoolConnection(await this.#pool.connect(), this.#sending);
    } catch (error) {
      throw this.#sending.errorOf(error);
    }
  }

  beginTransaction(connection: PoolConnection, settings: TransactionSettings): Promise<void> {
    return connection.begin(settings);
  }

  commitTransaction(connection: PoolConnection): Promise<void> {
    return connection.end('commit');
  }

  rollbackTransaction(connection: PoolConnection): Promise<void> {
    return connection.end('rollback');
  }

  releaseConnection(connection: PoolConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  async destroy(): Promise<void> {
    await this.#sending.destroy?.();
  }
}

/**
 * The begin of a transaction that may write. A frozen process must not keep its locks for longer than `idle_in…`, in
 * milliseconds, and a commit must be on disk whatever the server's default is.
 */
const forWriting =
  'set local idle_in_transaction_session_timeout = 5000; set local synchronous_commit = on';

class PoolConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #sending: Sending;
  #isInTransaction = false;
  #isBroken = false;

  constructor(client: PoolClient, sending: Sending) {
    this.#client = client;
    this.#sending = sending;
  }

  async begin({ isolationLevel, accessMode }: TransactionSettings): Promise<void> {
    const level = isolationLevel ? ` isolation level ${isolationLevel}` : '';
    this.#isInTransaction = true;
    if (accessMode === 'read only') {
      await this.#send(`begin${level} read only`);
      return;
    }
    await this.#send(`begin${level}; ${forWriting}`);
    try {
      await this.#sending.fence?.(this.#client);
    } catch (error) {
      await this.end('rollback');
      throw this.#failed(error);
    }
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    this.#isInTransaction = false;
    try {
      const { command } = await this.#send(how);
      // PostgreSQL ends a transaction that has failed in this way.
      if (how === 'commit' && command === 'ROLLBACK')
        throw new Error('the transaction was rolled back');
    } catch (error) {
      this.#isBroken = true;
      // Whatever made the rollback necessary is the error to report.
      if (how === 'commit') throw error;
    }
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const isAlone = this.#isInTransaction || !this.#sending.fence || !isWrite(query);
    if (isAlone) return await this.#execute<Row>(query);
    await this.begin({});
    try {
      const result = await this.#execute<Row>(query);
      await this.end('commit');
      return result;
    } catch (error) {
      if (this.#isInTransaction) await this.end('rollback');
      throw error;
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query);
  }

  async #execute<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, rowCount } = await this.#send(sql, parameters.map(storable));
    return { rows: rows as Row[], numAffectedRows: BigInt(rowCount ?? 0) };
  }

  async #send(text: string, values?: unknown[]) {
    const { timeout } = this.#sending;
    try {
      return await this.#client.query({
        text,
        ...(values ? { values } : {}),
        ...(timeout === undefined ? {} : { query_timeout: timeout }),
      });
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Without an answer of the server, nobody knows the state of the connection. A `StoreError` is that of a fence. */
  #failed(error: unknown): unknown {
    if (!isAnswer(error) && !(error instanceof StoreError)) this.#isBroken = true;
    return this.#sending.errorOf(error);
  }

  /** Gives the connection back, or closes it if its state is unknown. */
  release(): void {
    this.#client.release(this.#isBroken);
  }
}

const writes = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode']);

const isWrite = ({ query }: CompiledQuery): boolean => writes.has(query.kind);

/** Whether an error is an answer of the server: it then has a code of five characters. */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  /^[0-9A-Z]{5}$/.test(error.code);

/** PostgreSQL has no text with the character 0. */
const storable = (value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '\u{fffd}') : value;
