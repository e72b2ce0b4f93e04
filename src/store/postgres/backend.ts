// A store in PostgreSQL. In: its URL. Out: a `Backend`. `pool.ts` opens connections, `dialect.ts` sends Kysely's
// queries over them, `leases.ts` has the table by which several processes share the workspaces, and `errors.ts` says
// what a person can do about an error.

import { Kysely, sql } from 'kysely';
import type { Pool } from 'pg';
import type { Backend, ColumnTypes, Sharing } from '../backend.ts';
import { closedOnError, prepared } from '../schema/closing.ts';
import type { Database, Tables } from '../schema/tables.ts';
import { findWorkspace } from '../workspaces.ts';
import { postgresDialect, type Sending } from './dialect.ts';
import { storeErrorOf } from './errors.ts';
import {
  changeToken,
  createLeases,
  holderFence,
  holderOf,
  leaseTable,
  markChanged,
  visitorFence,
} from './leases.ts';
import { nameOf, openPool } from './pool.ts';

const columnTypes: ColumnTypes = { assignedKey: 'serial' };

/** How long an answer may take, in milliseconds, except for a migration. */
const timeout = 15_000;

/** The connections for leases. Most renewals need one; a row that is locked is waited for over another. */
const leaseConnections = 3;

/** The lock of migrations: any number, the same for all of Holdfast. */
const migrationLock = 4_613_732_001;

/** Makes the backend of a store in a PostgreSQL database. */
export function postgresBackend(url: string): Backend {
  const name = nameOf(url);
  const errorOf = (error: unknown): unknown => storeErrorOf(error, name);
  const over = (pool: Pool, sending: Partial<Sending> = {}): Database =>
    new Kysely<Tables>({ dialect: postgresDialect(pool, { errorOf, timeout, ...sending }) });
  const open = (pool: Pool): Database => over(pool, { destroy: () => pool.end() });
  return {
    name,
    columnTypes,
    lock: () => Promise.resolve({ store: name, [Symbol.asyncDispose]: () => Promise.resolve() }),
    async lockHolder(workspace) {
      await using database = open(await openPool(url));
      if (!(await hasTable(database, 'leases'))) return undefined;
      const id = await findWorkspace(database, workspace);
      if (id === undefined) return undefined;
      return (await leaseTable(database, '').holderOf(id))?.heldBy;
    },
    async openToWrite(_lock, migrate) {
      const pool = await openPool(url);
      // A renewal must not wait for the queries of a thousand workspaces.
      const leasePool = await openPool(url, leaseConnections);
      const destroy = async (): Promise<void> => {
        await Promise.all([pool.end(), leasePool.end()]);
      };
      const database = await prepared(over(pool, { destroy }), () =>
        over(pool, { timeout: undefined })
          .transaction()
          .execute(async (transaction) => {
            await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(transaction);
            await createLeases(transaction);
            await migrate(transaction);
          }),
      );
      const fenced = (fence: Fence): Database => over(pool, { fence });
      return { database, sharing: sharingOf(database, over(leasePool), fenced, name) };
    },
    async openToRead() {
      const database = open(await openPool(url));
      const isStore = await closedOnError(database, () => hasTable(database, 'kysely_migration'));
      if (isStore) return database;
      await database.destroy();
      return undefined;
    },
    changeToken: () => Promise.resolve(String((tokens += 1))),
    storeErrorOf: errorOf,
  };
}

/** Reading the memory again costs a reader less than finding out whether it must. */
let tokens = 0;

type Fence = NonNullable<Sending['fence']>;

/** `ofLeases`: the database over connections that only leases use. */
function sharingOf(
  database: Database,
  ofLeases: Database,
  fenced: (fence: Fence) => Database,
  name: string,
): Sharing {
  const holder = holderOf(new Date());
  return {
    leases: leaseTable(ofLeases, holder),
    forHolder: (lease) => fenced(holderFence(name, holder, lease)),
    forVisitor: (workspace) => fenced(visitorFence(workspace)),
    changeToken: (workspace) => changeToken(database, workspace),
    markChanged,
  };
}

async function hasTable(database: Database, table: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass(${table}) is not null as found`.execute(database);
  return rows[0]?.found === true;
}
