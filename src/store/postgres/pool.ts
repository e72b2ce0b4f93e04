import type { Client as PgClient, Pool } from 'pg';

/** The number of connections for the records of passes. A pass uses one for a few milliseconds at a time. */
const defaultConnections = 10;

/** How long to wait for a connection, in milliseconds. */
const connectMs = 10_000;

/** The name of a database in messages: its address without the password and without options. */
export function nameOf(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}

/**
 * Opens connections to a database as they are needed. The options of the URL mean what they mean to PostgreSQL's own
 * programs, and `PGPASSWORD` and the like are read from the environment.
 */
export async function openPool(url: string, connections = defaultConnections): Promise<Pool> {
  // Most stores are in a file.
  const { Pool: OpenPool, Client } = await import('pg');
  type Connected = ((error: Error) => void) | ((error: null, client: PgClient) => void);
  /** The driver leaves it to the server to close a connection that cannot log in, which takes a minute. */
  class ClosingClient extends Client {
    override connect(): Promise<PgClient>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<PgClient> | void {
      if (!callback) return super.connect();
      super.connect((error: Error | null) => {
        if (error) this.end(() => undefined);
        (callback as (error: Error | null) => void)(error);
      });
    }
  }
  const address = new URL(url);
  if (!address.searchParams.has('uselibpqcompat') && address.searchParams.has('sslmode'))
    address.searchParams.set('uselibpqcompat', 'true');
  const pool = new OpenPool({
    connectionString: address.href,
    Client: ClosingClient,
    max: connections,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    application_name: 'holdfast',
    // An open connection must not keep a program from ending.
    allowExitOnIdle: true,
  });
  // Whoever uses a connection learns of its end from the query; nobody uses the others.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
