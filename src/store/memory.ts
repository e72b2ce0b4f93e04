import { sql, type Kysely } from 'kysely';
import { oneOfEachText } from '../model/interner.ts';
import type { Address } from '../model/resource.ts';
import type { Memory, Obligation, OwedValue, Team } from '../model/store.ts';
import type { Tables } from './tables.ts';
import { readGuarding } from './guardState.ts';
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
  const obligations = await database.selectFrom('obligations').selectAll().execute();
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
          ...(row.unlisted_since === null ? {} : { unlistedSince: row.unlisted_since }),
        },
      ]),
    ),
    intents: new Map(
      intents
        .filter(({ path }) => path === '')
        .map(({ address, at, until }) => [address as Address, { at, until }]),
    ),
    memberIntents: memberIntentsIn(intents),
    obligations: obligationsIn(obligations),
    team: await readTeam(database),
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

function memberIntentsIn(rows: readonly Tables['intents'][]): Memory['memberIntents'] {
  const ofMembers = rows.filter(({ path }) => path !== '');
  return new Map(
    [...Map.groupBy(ofMembers, ({ address }) => address as Address)].map(([address, own]) => [
      address,
      Object.fromEntries(own.map(({ path, at, until }) => [path, { at, until }])),
    ]),
  );
}

function obligationsIn(rows: readonly Tables['obligations'][]): Memory['obligations'] {
  const obligations = new Map<Address, Obligation>();
  for (const { address, path, live_id: id, at, owed, temporary } of rows) {
    const value: OwedValue = {
      owed: JSON.parse(owed) as unknown,
      ...(temporary === null ? {} : { temporary: JSON.parse(temporary) as unknown }),
    };
    const before = obligations.get(address as Address);
    obligations.set(address as Address, {
      id,
      at: before && before.at > at ? before.at : at,
      fields: { ...before?.fields, [path]: value },
    });
  }
  return obligations;
}

async function readTeam(database: Database): Promise<Team | undefined> {
  const row = await database
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'team')
    .executeTakeFirst();
  return row && (JSON.parse(row.value) as Team);
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
