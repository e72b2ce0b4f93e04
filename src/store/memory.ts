import { textInterner } from '../model/interner.ts';
import type { Address } from '../model/resource.ts';
import type { Memory, Obligation, OwedValue, Team } from '../model/memory.ts';
import { createMemoryReader, type MemoryReader, type StoredMemory } from './memoryReader.ts';
import type { Database, Tables } from './schema/tables.ts';
import { readGuardState } from './records/guardState.ts';
import { readConditions } from './history/conditions.ts';
import { readMeta } from './meta.ts';
import { readWakes } from './records/wakes.ts';

/** Makes a reader of the memory. `changeToken`: that of the backend. */
export const memoryReader = (
  database: Database,
  changeToken: () => Promise<string>,
): MemoryReader =>
  createMemoryReader({
    changeToken,
    stored: () => readSnapshot(database),
    deletions: (now) => readDeletions(database, now),
  });

/** Reads all tables as they are at one moment. */
const readSnapshot = (database: Database): Promise<StoredMemory> =>
  database
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(readAll);

async function readAll(database: Database): Promise<StoredMemory> {
  // A database returns a new string for every value, though many are equal.
  const intern = textInterner();
  const bindings = await database.selectFrom('bindings').selectAll().execute();
  const intents = await database.selectFrom('intents').selectAll().execute();
  const obligations = await database.selectFrom('obligations').selectAll().execute();
  const digests = await database.selectFrom('digests').selectAll().execute();
  const readings = await database.selectFrom('readings').selectAll().execute();
  const conditions = await readConditions(database, intern);
  const prices = await database.selectFrom('prices').selectAll().execute();
  return {
    ...(await readGuardState(database)),
    wakes: await readWakes(database),
    bindings: new Map(
      bindings.map((row) => [
        intern(row.address) as Address,
        {
          id: row.live_id,
          boundAt: intern(row.bound_at),
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
    digests: byAddress(digests, intern),
    prices: new Map(prices.map(({ key, rate }) => [key, rate])),
    lastReadAt: new Map(readings.map(({ list, at }) => [list, at])),
    conditions: new Map(conditions.map((condition) => [condition.address, condition])),
  };
}

function byAddress(
  rows: readonly Tables['digests'][],
  intern: (text: string) => string,
): ReadonlyMap<Address, Readonly<Record<string, string>>> {
  const digests = new Map<Address, Record<string, string>>();
  for (const { address, path, digest } of rows) {
    const key = intern(address) as Address;
    const byPath = digests.get(key) ?? {};
    digests.set(key, byPath);
    byPath[path] = intern(digest);
  }
  return digests;
}

function memberIntentsIn(rows: readonly Tables['intents'][]): Memory['memberIntents'] {
  const ofMembers = rows.filter(({ path }) => path !== '');
  return new Map(
    [...Map.groupBy(ofMembers, ({ address }) => address as Address)].map(([address, intents]) => [
      address,
      Object.fromEntries(intents.map(({ path, at, until }) => [path, { at, until }])),
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
  const team = await readMeta(database, 'team');
  return team === undefined ? undefined : (JSON.parse(team) as Team);
}

const dayMs = 24 * 60 * 60 * 1000;

async function readDeletions(database: Database, now: Date): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('deletions')
    .select('at')
    .where('at', '>', new Date(now.getTime() - dayMs).toISOString())
    .execute();
  return rows.map(({ at }) => at);
}
