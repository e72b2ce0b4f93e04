import type { Status } from '../model/pass/plan.ts';
import type {
  PassSummary,
  Report,
  ReportedResource,
  Summary,
  Trigger,
} from '../model/pass/report.ts';
import { addressOf, type Address } from '../model/resource.ts';
import type { Condition } from '../model/memory.ts';
import type { HistoryStore } from '../model/store.ts';
import type { Database } from './schema/tables.ts';
import { addAudit } from './audit.ts';
import { forgetOld, readActionHistory } from './guardState.ts';
import type { MemoryReader } from './memoryReader.ts';
import { recordAlerts } from './notifications.ts';
import type { WriteEach } from './write.ts';

/**
 * Reads the conditions that the last pass found, ordered by address. `intern` may return one string for all equal
 * strings.
 */
export async function readConditions(
  database: Database,
  intern: (text: string) => string = (text) => text,
): Promise<readonly Condition[]> {
  const rows = await database.selectFrom('conditions').selectAll().orderBy('address').execute();
  return rows.map(({ address, status, since, reason }) => ({
    address: intern(address) as Address,
    status: intern(status) as Status,
    since: intern(since),
    reason,
  }));
}

/** The differences between a report and the stored conditions: conditions to write, and addresses to delete. */
export interface ConditionChanges {
  readonly write: readonly Condition[];
  readonly forget: readonly Address[];
}

/** Whether a resource has the same status as before, and no reason. */
const isUnchanged =
  (finishedAt: string) =>
  ({ since, reason }: ReportedResource): boolean =>
    since !== finishedAt && reason === null;

/**
 * Compares a report with the stored conditions. Most resources do not change between passes, so only the differences
 * are written.
 */
function changedConditions(
  before: ReadonlyMap<Address, Condition>,
  { resources, finishedAt }: Report,
): ConditionChanges {
  const isSame = resources.length === before.size && resources.every(isUnchanged(finishedAt));
  if (isSame) return { write: [], forget: [] };
  const now = new Map(
    resources.map(({ kind, name, status, since, reason }) => {
      const address = addressOf(kind, name);
      return [address, { address, status, since, reason }] as const;
    }),
  );
  return {
    write: [...now.values()].filter(({ address, status, reason }) => {
      const stored = before.get(address);
      return stored?.status !== status || stored.reason !== reason;
    }),
    forget: [...before.keys()].filter((address) => !now.has(address)),
  };
}

/** Writes the differences between a report and the stored conditions. */
async function noteConditions(
  database: Database,
  { write, forget }: ConditionChanges,
): Promise<void> {
  for (const row of write)
    await database
      .insertInto('conditions')
      .values(row)
      .onConflict((conflict) => conflict.column('address').doUpdateSet(row))
      .execute();
  for (const address of forget)
    await database.deleteFrom('conditions').where('address', '=', address).execute();
}

/** Adds a pass, and deletes all but the newest `keep`. */
async function notePass(database: Database, report: Report, keep: number): Promise<void> {
  const { pass, trigger, mode, startedAt, finishedAt, summary } = report;
  await database
    .insertInto('passes')
    .values({
      pass,
      trigger,
      mode,
      started_at: startedAt,
      finished_at: finishedAt,
      summary: JSON.stringify(summary),
    })
    .execute();
  await database
    .deleteFrom('passes')
    .where('pass', 'not in', (query) =>
      query.selectFrom('passes').select('pass').orderBy('pass', 'desc').limit(keep),
    )
    .execute();
}

/** Reads at most `limit` passes, newest first. `before`: the id of a pass; only older ones are read. */
async function readPasses(
  database: Database,
  limit: number,
  before: string | undefined,
): Promise<readonly PassSummary[]> {
  let query = database.selectFrom('passes').selectAll().orderBy('pass', 'desc').limit(limit);
  if (before !== undefined) query = query.where('pass', '<', before);
  const rows = await query.execute();
  return rows.map((row) => ({
    pass: row.pass,
    trigger: row.trigger as Trigger,
    mode: row.mode as PassSummary['mode'],
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    summary: JSON.parse(row.summary) as Summary,
  }));
}

/** Passes, conditions, and the actions on each resource. */
export const historyStore = (
  database: Database,
  reader: MemoryReader,
  write: WriteEach,
): HistoryStore => ({
  actionHistory: (address, limit) => readActionHistory(database, address, limit),
  async recordPass(report, keep, { alerts, audit = [] } = {}) {
    const { conditions } = await reader.read(new Date(report.finishedAt));
    if (await forgetOld(database, new Date(report.finishedAt))) reader.changed();
    const changes = changedConditions(conditions, report);
    const record = async (transaction: Database): Promise<void> => {
      await notePass(transaction, report, keep);
      await noteConditions(transaction, changes);
      if (alerts) await recordAlerts(transaction, alerts);
      await addAudit(transaction, audit);
    };
    // Most passes change no condition, and `write` would invalidate the cached memory.
    if (changes.write.length + changes.forget.length > 0) await write([undefined], record);
    else await database.transaction().execute(record);
  },
  passes: (limit, before) => readPasses(database, limit, before),
  lastConditions: () => readConditions(database),
});
