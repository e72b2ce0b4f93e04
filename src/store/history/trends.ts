import { countNeedingAttention } from '../../model/pass/attention.ts';
import type { Report } from '../../model/pass/report.ts';
import {
  hourOf,
  keptHours,
  withPass,
  type Repair,
  type TrendHour,
} from '../../model/pass/trend.ts';
import { upsert } from '../rows.ts';
import type { Database, Tables } from '../schema/tables.ts';

/** Adds a pass to its hour, and deletes the hours that are older than 30 days. */
export async function noteTrend(
  database: Database,
  report: Report,
  repairs: readonly Repair[],
): Promise<void> {
  const { finishedAt, summary } = report;
  const stored = await database
    .selectFrom('trends')
    .selectAll()
    .where('hour', '=', hourOf(finishedAt))
    .executeTakeFirst();
  const pass = { ...report, open: countNeedingAttention(summary) };
  const row = rowOf(withPass(stored && trendOf(stored), pass, repairs));
  await upsert(database, 'trends', ['hour'], [row]);
  // Rows grow old only when an hour begins.
  if (!stored)
    await database
      .deleteFrom('trends')
      .where('hour', '<=', hourOf(finishedAt, keptHours))
      .execute();
}

/** Reads the hours from `since` on, oldest first. */
export async function readTrends(database: Database, since: string): Promise<readonly TrendHour[]> {
  const rows = await database
    .selectFrom('trends')
    .selectAll()
    .where('hour', '>=', hourOf(since))
    .orderBy('hour')
    .execute();
  return rows.map(trendOf);
}

const trendOf = (row: Tables['trends']): TrendHour => ({
  hour: row.hour,
  passes: row.passes,
  open: row.open,
  maxOpen: row.max_open,
  repaired: row.repaired,
  repairSeconds: row.repair_seconds,
  costManaged: row.cost_managed,
  costUnmanaged: row.cost_unmanaged,
  passSeconds: row.pass_seconds,
  maxPassSeconds: row.max_pass_seconds,
});

const rowOf = (trend: TrendHour): Tables['trends'] => ({
  hour: trend.hour,
  passes: trend.passes,
  open: trend.open,
  max_open: trend.maxOpen,
  repaired: trend.repaired,
  repair_seconds: trend.repairSeconds,
  cost_managed: trend.costManaged,
  cost_unmanaged: trend.costUnmanaged,
  pass_seconds: trend.passSeconds,
  max_pass_seconds: trend.maxPassSeconds,
});
