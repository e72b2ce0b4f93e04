import type { PassSummary, Report, Summary, Trigger } from '../../model/pass/report.ts';
import type { HistoryStore } from '../../model/store.ts';
import type { Database, Tables } from '../schema/tables.ts';
import { addAudit } from '../records/audit.ts';
import { changedConditions, noteConditions, readConditions } from './conditions.ts';
import { noteCosts, readCosts } from './costs.ts';
import { repairsIn } from './repairs.ts';
import { noteTrend, readTrends } from './trends.ts';
import { forgetOld, readActionHistory } from '../records/guardState.ts';
import type { MemoryReader } from '../memoryReader.ts';
import { recordAlerts } from '../records/notifications.ts';
import type { WriteEach } from '../write.ts';

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
  return rows.map(passOf);
}

/** The pass of a row. */
export const passOf = (row: Tables['passes']): PassSummary => ({
  pass: row.pass,
  trigger: row.trigger as Trigger,
  mode: row.mode as PassSummary['mode'],
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  summary: JSON.parse(row.summary) as Summary,
});

/** Passes, conditions, trends, costs, and the actions on each resource. */
export const historyStore = (
  database: Database,
  reader: MemoryReader,
  write: WriteEach,
): HistoryStore => ({
  actionHistory: (address, limit) => readActionHistory(database, address, limit),
  async recordPass(report, keep, { alerts, audit = [], rates } = {}) {
    const { conditions } = await reader.read(new Date(report.finishedAt));
    const changes = changedConditions(conditions, report);
    const repairs = repairsIn(conditions, changes, report);
    let hasForgotten = false;
    const record = async (transaction: Database): Promise<void> => {
      hasForgotten = await forgetOld(transaction, new Date(report.finishedAt));
      await notePass(transaction, report, keep);
      await noteConditions(transaction, changes);
      await noteTrend(transaction, report, repairs);
      if (rates) await noteCosts(transaction, report, rates);
      if (alerts) await recordAlerts(transaction, alerts);
      await addAudit(transaction, audit);
    };
    // Most passes change no condition, and `write` would invalidate the cached memory.
    if (changes.write.length + changes.forget.length > 0) await write([undefined], record);
    else await database.transaction().execute(record);
    if (hasForgotten) reader.changed();
    return repairs;
  },
  passes: (limit, before) => readPasses(database, limit, before),
  trends: (since) => readTrends(database, since),
  costs: (since) => readCosts(database, since),
  lastConditions: () => readConditions(database),
});
