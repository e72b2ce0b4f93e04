import type { Transaction } from 'kysely';
import type { Outcome, Verb } from '../../model/pass/plan.ts';
import type { Address } from '../../model/resource.ts';
import type { SuspensionTarget } from '../../model/pass/suspension.ts';
import type { ActionRecord, Memory, FailureRecord, Shortage, Write } from '../../model/memory.ts';
import type { GuardStore } from '../../model/store.ts';
import { partsOf, upsert } from '../rows.ts';
import type { Database, Tables } from '../schema/tables.ts';
import { addAudit } from './audit.ts';
import type { MemoryReader } from '../memoryReader.ts';
import type { WriteEach } from '../write.ts';

/** The number of past actions kept per resource. */
const keptPerResource = 200;

/** How long an approval is valid. */
const approvalMs = 24 * 60 * 60 * 1000;

/** Reads the guard's part of the memory: failure records, writes, suspensions, approvals, shortages, and durations. */
export async function readGuardState(
  database: Database,
): Promise<
  Pick<Memory, 'failures' | 'writes' | 'suspended' | 'approved' | 'shortages' | 'durations'>
> {
  const setbacks = await database.selectFrom('setbacks').selectAll().execute();
  const writes = await database.selectFrom('writes').selectAll().orderBy('at').execute();
  const suspensions = await database
    .selectFrom('suspensions')
    .select(['address', 'at', 'actor', 'reason', 'until'])
    .execute();
  const approvals = await database.selectFrom('approvals').select('digest').execute();
  const shortages = await database.selectFrom('shortages').selectAll().execute();
  return {
    failures: new Map(
      setbacks.map(({ retry_at: retryAt, ...row }) => [
        row.action,
        { ...row, address: row.address as Address, retryAt },
      ]),
    ),
    writes: Map.groupBy(
      writes.map((row): Write => ({ ...row, address: row.address as Address })),
      ({ address }) => address,
    ),
    suspended: new Map(
      suspensions.map(({ address, actor: by, ...suspension }) => [
        address as SuspensionTarget,
        { ...suspension, by },
      ]),
    ),
    approved: new Set(approvals.map(({ digest }) => digest)),
    shortages: new Map(
      shortages.map(({ name, refusals, retry_at: retryAt }) => [name, { refusals, retryAt }]),
    ),
    durations: await readDurations(database),
  };
}

/** The number of newest actions from which durations are averaged. */
const recentActions = 1000;

async function readDurations(database: Database): Promise<Memory['durations']> {
  const newest = await database
    .selectFrom('deeds')
    .select('id')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  const rows = await database
    .selectFrom('deeds')
    .select(['address', 'verb', 'took'])
    .where('outcome', '=', 'done')
    .where('id', '>', (newest?.id ?? 0) - recentActions)
    .execute();
  const byKindAndVerb = Map.groupBy(
    rows,
    ({ address, verb }) => `${address.slice(0, address.indexOf('/'))}:${verb}`,
  );
  return new Map([...byKindAndVerb].map(([key, actions]) => [key, Math.round(meanOf(actions))]));
}

const meanOf = (actions: readonly { readonly took: number }[]): number =>
  actions.reduce((sum, { took }) => sum + took, 0) / actions.length;

type Notes = Parameters<GuardStore['recordOutcomes']>[0];

/** Writes the outcomes of a pass's actions. */
async function noteOutcomes(transaction: Transaction<Tables>, notes: Notes): Promise<void> {
  await upsert(transaction, 'setbacks', ['action'], notes.failed.map(setbackRow));
  for (const part of partsOf(notes.done))
    await transaction.deleteFrom('setbacks').where('action', 'in', part).execute();
  for (const part of partsOf(notes.writes))
    await transaction.insertInto('writes').values(part).execute();
  for (const deed of notes.deeds) await addDeed(transaction, deed);
  await upsert(transaction, 'shortages', ['name'], [...notes.shortages].map(shortageRow));
  for (const part of partsOf(notes.available))
    await transaction.deleteFrom('shortages').where('name', 'in', part).execute();
}

const setbackRow = ({ retryAt, ...setback }: FailureRecord): Tables['setbacks'] => ({
  ...setback,
  retry_at: retryAt,
});

const shortageRow = ([name, shortage]: readonly [string, Shortage]): Tables['shortages'] => ({
  name,
  refusals: shortage.refusals,
  retry_at: shortage.retryAt,
});

async function addDeed(transaction: Transaction<Tables>, deed: ActionRecord): Promise<void> {
  await transaction.insertInto('deeds').values(deed).execute();
  await transaction
    .deleteFrom('deeds')
    .where('address', '=', deed.address)
    .where('id', 'not in', (query) =>
      query
        .selectFrom('deeds')
        .select('id')
        .where('address', '=', deed.address)
        .orderBy('id', 'desc')
        .limit(keptPerResource),
    )
    .execute();
}

/**
 * Deletes expired rows: old writes and deletions, unused approvals, past shortages, ended suspensions and wakes.
 * Resolves to whether it deleted any.
 */
export async function forgetOld(database: Database, now: Date): Promise<boolean> {
  const before = (milliseconds: number): string =>
    new Date(now.getTime() - milliseconds).toISOString();
  const results = [
    await database.deleteFrom('writes').where('at', '<', before(writesMs)).execute(),
    await database.deleteFrom('approvals').where('at', '<', before(approvalMs)).execute(),
    await database.deleteFrom('shortages').where('retry_at', '<', before(writesMs)).execute(),
    await database.deleteFrom('suspensions').where('until', '<', before(0)).execute(),
    await database.deleteFrom('wakes').where('until', '<', before(0)).execute(),
    await database
      .deleteFrom('deletions')
      .where('at', '<', before(2 * approvalMs))
      .execute(),
  ];
  return results.flat().some(({ numDeletedRows }) => numDeletedRows > 0n);
}

/** Twice the hour within which writes count, so that clock skew does not matter. */
const writesMs = 2 * 60 * 60 * 1000;

/**
 * Ends a suspension, and deletes the writes and failure records of its resource, so that neither contention nor
 * back-off blocks it.
 */
async function resume(transaction: Transaction<Tables>, address: SuspensionTarget): Promise<void> {
  await transaction.deleteFrom('suspensions').where('address', '=', address).execute();
  await transaction.deleteFrom('writes').where('address', '=', address).execute();
  await transaction.deleteFrom('setbacks').where('address', '=', address).execute();
}

/** Reads the past actions of a resource, newest first, at most `limit`. */
export async function readActionHistory(
  database: Database,
  address: Address,
  limit: number,
): Promise<readonly ActionRecord[]> {
  const rows = await database
    .selectFrom('deeds')
    .selectAll()
    .where('address', '=', address)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ pass, action, error, changes, at, took, ...row }) => ({
    pass,
    address: row.address as Address,
    action,
    verb: row.verb as Verb,
    outcome: row.outcome as Outcome['result'],
    error,
    changes,
    at,
    took,
  }));
}

/** Failures, writes, shortages, suspensions, and approvals. */
export const guardStore = (reader: MemoryReader, write: WriteEach): GuardStore => ({
  async recordOutcomes(notes) {
    // Most passes change nothing, and a transaction would invalidate the cached memory.
    const stored = await reader.read(new Date(0));
    const done = notes.done.filter((action) => stored.failures.has(action));
    const available = notes.available.filter((name) => stored.shortages.has(name));
    const { failed, writes, deeds, shortages } = notes;
    const count = [failed, writes, deeds, done, available].flat().length + shortages.size;
    if (count > 0) await write([{ ...notes, done, available }], noteOutcomes);
  },
  suspend: (address, { at, by: actor, reason, until }, audit) =>
    write([{ actor, reason, until }], async (transaction, details) => {
      await transaction
        .deleteFrom('suspensions')
        .where('address', '=', address)
        .where('until', '<=', at)
        .execute();
      await transaction
        .insertInto('suspensions')
        .values({ address, at, ...details })
        .onConflict((conflict) => conflict.column('address').doUpdateSet(details))
        .execute();
      await addAudit(transaction, [audit]);
    }),
  resume: (target, audit) =>
    write([target], async (transaction) => {
      await resume(transaction, target);
      await addAudit(transaction, [audit]);
    }),
  approve: (digest, at, audit) =>
    write([{ digest, at }], async (transaction, row) => {
      await upsert(transaction, 'approvals', ['digest'], [row]);
      await addAudit(transaction, [audit]);
    }),
  consumeApprovals: (digests) =>
    write(partsOf([...digests]), async (transaction, part) => {
      await transaction.deleteFrom('approvals').where('digest', 'in', part).execute();
    }),
});
