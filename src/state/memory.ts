import { sql, type Kysely } from 'kysely';
import { oneOfEachText } from '../model/oneOfEach.ts';
import type { Address } from '../model/resource.ts';
import type { Memory } from '../model/store.ts';
import type { Tables } from './tables.ts';
import { readGuarding } from './guarding.ts';
import { readConditions } from './history.ts';

type Database = Kysely<Tables>;

/** The memory of a store, read again only when it has changed. */
export interface MemoryReader {
  read(now: Date): Promise<Memory>;
  /** This process has written something that is part of it. */
  changed(): void;
}

type Lasting = Omit<Memory, 'deletions'>;

/**
 * Keeps what was read last for as long as neither this process nor another one writes: SQLite's `data_version` changes when
 * another connection has committed.
 */
export function memoryReader(database: Database): MemoryReader {
  let kept: { readonly version: number; readonly memory: Lasting } | undefined;
  return {
    async read(now) {
      const version = await dataVersion(database);
      if (kept?.version !== version) kept = { version, memory: await readLasting(database) };
      return { ...kept.memory, deletions: await readDeletions(database, now) };
    },
    changed() {
      kept = undefined;
    },
  };
}

async function dataVersion(database: Database): Promise<number> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(database);
  return rows[0]?.data_version ?? 0;
}

async function readLasting(database: Database): Promise<Lasting> {
  // SQLite makes a new text of every value.
  const one = oneOfEachText();
  const bindings = await database.selectFrom('bindings').selectAll().execute();
  const intents = await database.selectFrom('intents').selectAll().execute();
  const digests = await database.selectFrom('digests').selectAll().execute();
  const readings = await database.selectFrom('readings').selectAll().execute();
  const conditions = await readConditions(database, one);
  return {
    ...(await readGuarding(database)),
    bindings: new Map(
      bindings.map((row) => [
        one(row.address) as Address,
        {
          id: row.live_id,
          boundAt: one(row.bound_at),
          created: row.created === 1,
          protected: row.protected === 1,
        },
      ]),
    ),
    intents: new Map(intents.map(({ address, at }) => [address as Address, { at }])),
    digests: byAddress(digests, one),
    readings: new Map(readings.map(({ list, at }) => [list, at])),
    conditions: new Map(conditions.map((condition) => [condition.address, condition])),
  };
}

function byAddress(
  rows: readonly Tables['digests'][],
  one: (text: string) => string,
): ReadonlyMap<Address, Readonly<Record<string, string>>> {
  const digests = new Map<Address, Record<string, string>>();
  for (const { address, path, digest } of rows) {
    const known = one(address) as Address;
    const own = digests.get(known) ?? {};
    digests.set(known, own);
    own[path] = one(digest);
  }
  return digests;
}

const day = 24 * 60 * 60 * 1000;

async function readDeletions(database: Database, now: Date): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('deletions')
    .select('at')
    .where('at', '>', new Date(now.getTime() - day).toISOString())
    .execute();
  return rows.map(({ at }) => at);
}
