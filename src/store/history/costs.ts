import {
  costsBetween,
  dayOf,
  firstKeptDay,
  type CostRow,
  type RateGroup,
  type RecordedCosts,
} from '../../model/money/ledger.ts';
import type { Report } from '../../model/pass/report.ts';
import type { Labels } from '../../model/selection/labels.ts';
import { readMeta, setMeta } from '../meta.ts';
import type { Database } from '../schema/tables.ts';

/** Since when and until when the costs are recorded. */
const sinceKey = 'cost-since';
const untilKey = 'cost-until';

/** Adds what the team has cost since the last complete pass, and deletes the days that are no longer kept. */
export async function noteCosts(
  database: Database,
  { complete, finishedAt }: Pick<Report, 'complete' | 'finishedAt'>,
  rates: readonly RateGroup[],
): Promise<void> {
  if (!complete) return;
  const from = await readMeta(database, untilKey);
  for (const row of from === undefined ? [] : costsBetween(from, finishedAt, rates))
    await addCost(database, row);
  await setMeta(database, untilKey, finishedAt);
  if (from === undefined) await setMeta(database, sinceKey, finishedAt);
  // Rows grow old only when a day begins.
  if (from === undefined || dayOf(from) !== dayOf(finishedAt))
    await database.deleteFrom('costs').where('day', '<', firstKeptDay(finishedAt)).execute();
}

const addCost = (database: Database, { labels, unknownHours, ...row }: CostRow) =>
  database
    .insertInto('costs')
    .values({ ...row, labels: keyOf(labels), unknown_hours: unknownHours })
    .onConflict((conflict) =>
      conflict.columns(['day', 'kind', 'type', 'labels']).doUpdateSet((query) => ({
        usd: query.eb(query.ref('costs.usd'), '+', row.usd),
        unknown_hours: query.eb(query.ref('costs.unknown_hours'), '+', unknownHours),
      })),
    )
    .execute();

/** Labels as text; those with the same labels in another order are equal. */
const keyOf = (labels: Labels): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );

/** Reads the costs of all days from `since` on, RFC 3339. */
export async function readCosts(database: Database, since: string): Promise<RecordedCosts> {
  // Read first: a pass that is recorded meanwhile then counts twice for a moment, and never not at all.
  const until = await readMeta(database, untilKey);
  const rows = await database
    .selectFrom('costs')
    .selectAll()
    .where('day', '>=', dayOf(since))
    .orderBy('day')
    .orderBy('kind')
    .orderBy('type')
    .orderBy('labels')
    .execute();
  return {
    since: await readMeta(database, sinceKey),
    until,
    rows: rows.map(({ labels, unknown_hours: unknownHours, ...row }) => ({
      ...row,
      labels: JSON.parse(labels) as Labels,
      unknownHours,
    })),
  };
}
