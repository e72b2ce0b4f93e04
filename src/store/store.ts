// The store over a database. In: an open, migrated database. Out: a `Store`. `open.ts` opens the file by
// `storePlace.ts` (is the path safe?), `database.ts` (SQLite), and `migrations.ts`; `memory.ts`, `guardState.ts`, and
// `history.ts` read and write groups of tables; `lock.ts` gives one process the right to write.

import { createHmac } from 'node:crypto';
import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Address } from '../model/resource.ts';
import type { Obligation, Store } from '../model/store.ts';
import type { Tables } from './tables.ts';
import {
  changedConditions,
  noteConditions,
  notePass,
  readConditions,
  readPasses,
} from './history.ts';
import { forgetOld, noteOutcomes, readActionHistory, resume } from './guardState.ts';
import { memoryReader } from './memory.ts';

type Database = Kysely<Tables>;

/** Makes a store over an open, migrated database. Disposing of the store closes the database. */
export async function storeOver(database: Database): Promise<Store> {
  const key = await digestKey(database);
  const reader = memoryReader(database);
  /**
   * Runs `step` for each value in one transaction, and invalidates the cached memory. Without values it does nothing.
   */
  const each = async <Value>(
    values: readonly Value[],
    step: (transaction: Transaction<Tables>, value: Value) => Promise<void>,
  ): Promise<void> => {
    if (values.length === 0) return;
    await database.transaction().execute(async (transaction) => {
      for (const value of values) await step(transaction, value);
    });
    reader.changed();
  };
  return {
    digest: (text) => createHmac('sha256', key).update(text).digest('hex'),
    memory: (now) => reader.read(now),
    async assertWritable(pass) {
      await setMeta(database, 'begun', pass);
    },
    recordIntent: (address, { at, until }, path = '') =>
      each([{ address, path, at, until }], async (transaction, row) => {
        await transaction
          .insertInto('intents')
          .values(row)
          .onConflict((conflict) => conflict.columns(['address', 'path']).doUpdateSet(row))
          .execute();
      }),
    clearIntent: (address, path = '') =>
      each([address], (transaction) => clearIntent(transaction, address, path)),
    recordObligation: (address, obligation) =>
      each(obligationRows(address, obligation), async (transaction, row) => {
        await transaction
          .insertInto('obligations')
          .values(row)
          .onConflict((conflict) => conflict.columns(['address', 'path']).doUpdateSet(row))
          .execute();
      }),
    clearObligation: (address, paths) =>
      each([address], (transaction) => clearObligation(transaction, address, paths)),
    claimTeam: (team) =>
      each([JSON.stringify(team)], (transaction, value) => setMeta(transaction, 'team', value)),
    bind: (bindings) =>
      each(bindings, async (transaction, { address, id, boundAt, ...binding }) => {
        await clearDigestsOfOtherId(transaction, address, id);
        await upsertBinding(transaction, {
          address,
          live_id: id,
          bound_at: boundAt,
          created: Number(binding.created),
          protected: Number(binding.protected),
          unlisted_since: null,
        });
        await clearIntent(transaction, address, '');
      }),
    unbind: (addresses) => each(addresses, removeResource),
    markUnlisted: (addresses, since) =>
      each(addresses, async (transaction, address) => {
        await transaction
          .updateTable('bindings')
          .set({ unlisted_since: since })
          .where('address', '=', address)
          .execute();
      }),
    saveDigests: (values) =>
      each(values, async (transaction, { address, digests }) => {
        for (const [path, digest] of Object.entries(digests))
          await upsertDigest(transaction, { address, path, digest });
      }),
    recordListRead: (keys, at) =>
      each(keys, async (transaction, list) => {
        await transaction
          .insertInto('readings')
          .values({ list, at })
          .onConflict((conflict) => conflict.column('list').doUpdateSet({ at }))
          .execute();
      }),
    recordDeletion: (address, at) =>
      each([{ address, at }], async (transaction, row) => {
        await transaction.insertInto('deletions').values(row).execute();
      }),
    cancelDeletion: (address, at) =>
      each([address], async (transaction) => {
        await transaction
          .deleteFrom('deletions')
          .where('address', '=', address)
          .where('at', '=', at)
          .execute();
      }),
    removeResource: (address) => each([address], removeResource),
    async recordOutcomes(notes) {
      // Most passes change nothing, and a transaction would invalidate the cached memory.
      const stored = await reader.read(new Date(0));
      const done = notes.done.filter((action) => stored.failures.has(action));
      const available = notes.available.filter((name) => stored.shortages.has(name));
      const { failed, writes, deeds, shortages } = notes;
      const count = [failed, writes, deeds, done, available].flat().length + shortages.size;
      if (count > 0) await each([{ ...notes, done, available }], noteOutcomes);
    },
    suspend: (address, at) =>
      each([{ address, at }], async (transaction, row) => {
        await transaction
          .insertInto('suspensions')
          .values(row)
          .onConflict((conflict) => conflict.column('address').doNothing())
          .execute();
      }),
    resume: (address) => each([address], resume),
    approve: (digest, at) =>
      each([{ digest, at }], async (transaction, row) => {
        await transaction
          .insertInto('approvals')
          .values(row)
          .onConflict((conflict) => conflict.column('digest').doUpdateSet({ at }))
          .execute();
      }),
    consumeApprovals: (digests) =>
      each([...digests], async (transaction, digest) => {
        await transaction.deleteFrom('approvals').where('digest', '=', digest).execute();
      }),
    actionHistory: (address, limit) => readActionHistory(database, address, limit),
    async recordPass(report, keep) {
      const { conditions } = await reader.read(new Date(report.finishedAt));
      if (await forgetOld(database, new Date(report.finishedAt))) reader.changed();
      const changes = changedConditions(conditions, report);
      await database
        .transaction()
        .execute(async (transaction) => notePass(transaction, report, keep));
      if (changes.write.length + changes.forget.length > 0) await each([changes], noteConditions);
    },
    passes: (limit, before) => readPasses(database, limit, before),
    lastConditions: () => readConditions(database),
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}

/** The secret key of the store, under which it makes digests of write-only values. */
async function digestKey(database: Database): Promise<Buffer> {
  const { value } = await database
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'digest-key')
    .executeTakeFirstOrThrow();
  return Buffer.from(value, 'hex');
}

const upsertBinding = (database: Database, row: Insertable<Tables['bindings']>) =>
  database
    .insertInto('bindings')
    .values(row)
    .onConflict((conflict) => conflict.column('address').doUpdateSet(row))
    .execute();

const upsertDigest = (database: Database, row: Insertable<Tables['digests']>) =>
  database
    .insertInto('digests')
    .values(row)
    .onConflict((conflict) => conflict.columns(['address', 'path']).doUpdateSet(row))
    .execute();

async function clearIntent(database: Database, address: Address, path: string): Promise<void> {
  await database
    .deleteFrom('intents')
    .where('address', '=', address)
    .where('path', '=', path)
    .execute();
}

const obligationRows = (
  address: Address,
  { id, at, fields }: Obligation,
): readonly Tables['obligations'][] =>
  Object.entries(fields).map(([path, { owed, temporary }]) => ({
    address,
    path,
    live_id: id,
    at,
    owed: JSON.stringify(owed),
    temporary: temporary === undefined ? null : JSON.stringify(temporary),
  }));

async function clearObligation(
  database: Database,
  address: Address,
  paths: readonly string[] | undefined,
): Promise<void> {
  let query = database.deleteFrom('obligations').where('address', '=', address);
  if (paths) query = query.where('path', 'in', paths);
  await query.execute();
}

async function setMeta(database: Database, key: string, value: string): Promise<void> {
  await database
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/**
 * Deletes the digests of an address that is bound to another id: they describe values written to another live resource.
 */
async function clearDigestsOfOtherId(database: Database, address: Address, id: string) {
  const bound = await database
    .selectFrom('bindings')
    .select('live_id')
    .where('address', '=', address)
    .executeTakeFirst();
  if (bound && bound.live_id !== id)
    await database.deleteFrom('digests').where('address', '=', address).execute();
}

async function removeResource(database: Database, address: Address): Promise<void> {
  for (const table of ['bindings', 'intents', 'digests', 'obligations'] as const)
    await database.deleteFrom(table).where('address', '=', address).execute();
}
