import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { sql } from 'kysely';
import type { PoolClient } from 'pg';
import { StoreError } from '../../model/store.ts';
import type { Holder, LeaseRow, LeaseTable, RenewedLease, TakenLease } from '../leaseTable.ts';
import { migrations } from '../schema/migrations.ts';
import type { Database } from '../schema/tables.ts';

/** How long a lease lasts after its last renewal, in seconds by the database's clock. */
const leaseSeconds = 15;

/**
 * How long a replica counts after it has counted itself, in seconds: shorter than its leases last, so that the others
 * may have more when these run out.
 */
const replicaSeconds = 8;

/** The number of further leases that a process with `held` of them may take, if replicas share `all`. */
const shareOf = (all: number, held: number) => sql`(
  select greatest(0, ceil(${all}::float8 / greatest(1, count(*))) - ${held}::integer)
  from replicas where expires_at > clock_timestamp())`;

/**
 * The timeline of the database, which changes when a standby takes over. The last commits may then be lost, and with
 * them who holds a lease. https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES
 */
const timeline = `left(pg_walfile_name(pg_current_wal_lsn()), 8)`;

/**
 * Whether the database has the schema of this version. If a newer version has migrated it, this one must not write: it
 * would not find what that one remembers elsewhere.
 */
const isPresent = `(select max(name collate "C") from kysely_migration) = '${Object.keys(migrations).at(-1)}'`;

/** Creates the tables of leases. They are no tables of the schema: a store in one file has no leases. */
export async function createLeases(database: Database): Promise<void> {
  await sql`create table if not exists leases (
    workspace integer primary key,
    holder text collate "C",
    epoch integer not null default 0,
    expires_at timestamptz,
    timeline text collate "C",
    changes integer not null default 0,
    wanted boolean not null default false,
    url text collate "C"
  )`.execute(database);
  await sql`create table if not exists replicas (
    holder text collate "C" primary key,
    expires_at timestamptz not null
  )`.execute(database);
}

/** Adds the rows of workspaces that have none. */
const addRows = (database: Database, workspaces: readonly number[]) =>
  sql`insert into leases (workspace) select unnest(${[...workspaces]}::integer[])
    on conflict do nothing`.execute(database);

/** The name of this process as a holder. */
export const holderOf = (now: Date): string =>
  `process ${process.pid} on ${hostname()} since ${now.toISOString()} (${randomBytes(4).toString('hex')})`;

/** The leases in a database. `holder`: the name of this process. */
export function leaseTable(database: Database, holder: string): LeaseTable {
  const known = new Set<number>();
  const now = sql.raw(timeline);
  const present = sql.raw(isPresent);
  /** `skips`: leaves out rows that are locked. */
  const renewAll = async (
    on: Database,
    leases: readonly LeaseRow[],
    { skips, url }: { readonly skips: boolean; readonly url: string | null },
  ): Promise<readonly RenewedLease[]> => {
    const { workspaces, epochs } = arraysOf(leases);
    const { rows } = await sql<RenewedLease>`
      with held as (
        select l.workspace, l.wanted from leases l
        join unnest(${workspaces}::integer[], ${epochs}::integer[]) as mine(workspace, epoch)
          on l.workspace = mine.workspace and l.epoch = mine.epoch
        where l.holder = ${holder} and l.timeline = ${now} and l.expires_at > clock_timestamp()
          and ${present}
        for update of l ${sql.raw(skips ? 'skip locked' : '')})
      update leases l set wanted = false, url = ${url},
        expires_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
      from held where l.workspace = held.workspace
      returning l.workspace, l.epoch, held.wanted
    `.execute(on);
    return rows;
  };
  return {
    url: null,
    async take(workspaces, held) {
      const added = workspaces.filter((id) => !known.has(id));
      if (added.length > 0) await addRows(database, added);
      for (const id of added) known.add(id);
      const { rows } = await sql<TakenLease>`
        with free as (
          select workspace, holder, timeline from leases
          where workspace = any(${[...workspaces]}::integer[])
            and (holder is null or expires_at <= clock_timestamp()) and ${present}
          order by expires_at nulls first, workspace
          limit ${held === undefined ? workspaces.length : shareOf(workspaces.length + held, held)}
          for update skip locked)
        update leases l set holder = ${holder}, epoch = l.epoch + 1, timeline = ${now}, wanted = false,
          url = ${this.url}, expires_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
        from free where l.workspace = free.workspace
        returning l.workspace, l.epoch,
          free.holder is null and coalesce(free.timeline = l.timeline, true) as "handedOver"
      `.execute(database);
      return rows;
    },
    async renew(leases) {
      const renewed = await renewAll(database, leases, { skips: true, url: this.url });
      const found = new Set(renewed.map(({ workspace }) => workspace));
      const others = leases.filter(({ workspace }) => !found.has(workspace));
      // The row of a workspace is locked while it is written to. The others must not wait for that.
      const waited = await Promise.allSettled(
        others.map((lease) =>
          database.transaction().execute(async (transaction) => {
            await sql`set local lock_timeout = '3s'`.execute(transaction);
            return await renewAll(transaction, [lease], { skips: false, url: this.url });
          }),
        ),
      );
      const late = waited.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      const lost = others.filter((_, n) => {
        const one = waited[n];
        return one?.status === 'fulfilled' && one.value.length === 0;
      });
      return { renewed: [...renewed, ...late], lost };
    },
    async handOver(leases) {
      const { workspaces, epochs } = arraysOf(leases);
      await sql`update leases l set holder = null, expires_at = null
        from unnest(${workspaces}::integer[], ${epochs}::integer[]) as mine(workspace, epoch)
        where l.workspace = mine.workspace and l.epoch = mine.epoch and l.holder = ${holder}
          and l.timeline = ${now}`.execute(database);
    },
    async countReplicas() {
      await sql`insert into replicas values (${holder}, clock_timestamp() + make_interval(secs => ${replicaSeconds}))
        on conflict (holder) do update set expires_at = excluded.expires_at`.execute(database);
      await sql`delete from replicas where expires_at < clock_timestamp()`.execute(database);
      const { rows } = await sql<{ count: number }>`
        select count(*)::integer as count from replicas`.execute(database);
      return rows[0]?.count ?? 1;
    },
    async leave() {
      await sql`delete from replicas where holder = ${holder}`.execute(database);
    },
    async holderOf(workspace) {
      const { rows } = await sql<Holder>`
        select holder as "heldBy", holder = ${holder} as "isOwn", url from leases
        where workspace = ${workspace} and holder is not null and expires_at > clock_timestamp()
      `.execute(database);
      return rows[0];
    },
  };
}

const arraysOf = (leases: readonly LeaseRow[]) => ({
  workspaces: leases.map(({ workspace }) => workspace),
  epochs: leases.map(({ epoch }) => epoch),
});

/**
 * The begin of a transaction of a lease's holder. It rejects if the lease has ended, and locks its row, so that nobody
 * can take the lease before the transaction has ended, and one transaction of a workspace follows the other.
 */
export const holderFence =
  (store: string, holder: string, { workspace, epoch }: LeaseRow) =>
  async (client: PoolClient): Promise<void> => {
    const { rowCount } = await client.query(
      `select 1 from leases where workspace = $1 and epoch = $2 and holder = $3
        and timeline = ${timeline} and expires_at > clock_timestamp() and ${isPresent} for update`,
      [workspace, epoch, holder],
    );
    if (rowCount === 0)
      throw new StoreError(
        `the store ${store} takes no more writes of this process to the workspace: its lease has ended, since another process has it, the database could not be reached in time, or a newer version has migrated it`,
      );
  };

/**
 * The begin of a transaction of somebody who does not hold the lease, such as a person who suspends a resource. It lets
 * the holder know that the rows of the workspace have changed, and asks it for a pass.
 */
export const visitorFence =
  (workspace: number) =>
  async (client: PoolClient): Promise<void> => {
    await client.query(
      'update leases set changes = changes + 1, wanted = true where workspace = $1',
      [workspace],
    );
  };

/** Lets the holder know, within a transaction, that the rows of the workspace have changed. */
export async function markChanged(transaction: Database, workspace: number): Promise<void> {
  await sql`update leases set changes = changes + 1 where workspace = ${workspace}`.execute(
    transaction,
  );
}

/** A value that differs after another process has written to the rows of a workspace. */
export async function changeToken(database: Database, workspace: number): Promise<string> {
  const { rows } = await sql<{ epoch: number; changes: number }>`
    select epoch, changes from leases where workspace = ${workspace}`.execute(database);
  return `${rows[0]?.epoch}.${rows[0]?.changes}`;
}
