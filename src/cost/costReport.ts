import type { Kinds } from '../model/kind/kind.ts';
import type { CostReport } from '../model/money/costReport.ts';
import { dayOf, monthOf } from '../model/money/ledger.ts';
import type { Store } from '../model/store.ts';
import { forecastOf, type LiveTeam } from './forecast.ts';
import { groupCosts, sumOf, toCents } from './groupCosts.ts';

/** What a report on costs is about. */
export interface CostQuery {
  readonly kinds: Kinds;
  /** `kind`, `machineType`, `label` for all labels, or the key of a label. */
  readonly by: string;
  readonly since: Date;
  readonly now: Date;
}

/**
 * The entry point of `cost/`. In: the recorded costs, and the team as a pass found it; undefined: no pass has ended
 * yet. Out: what the team cost by group, and the forecast of the month, without budgets.
 */
export async function costReport(
  store: Pick<Store, 'costs'>,
  team: LiveTeam | undefined,
  { kinds, by, since, now }: CostQuery,
): Promise<CostReport> {
  const month = monthOf(now);
  const { rows, since: recorded } = await store.costs(
    new Date(Math.min(Number(since), Number(month))).toISOString(),
  );
  const firstDay = (asked: Date): string =>
    dayOf(recorded !== undefined && asked < new Date(recorded) ? recorded : asked.toISOString());
  const rowsFrom = (day: string) => rows.filter((row) => row.day >= day);
  const asked = rowsFrom(dayOf(since.toISOString()));
  const ofMonth = sumOf(rowsFrom(dayOf(month.toISOString())));
  const { hourly, usd, known } = forecastOf(team, kinds, { now, until: monthOf(now, 1) });
  return {
    schema: 'holdfast/cost/v1',
    by,
    since: firstDay(since),
    until: now.toISOString(),
    items: groupCosts(asked, by),
    total: sumOf(asked),
    now: { hourly: Math.round(hourly * 10_000) / 10_000, known },
    month: {
      since: firstDay(month),
      spent: ofMonth.usd,
      forecast: toCents(ofMonth.usd + usd),
      known: known && ofMonth.unknownHours === 0,
    },
  };
}
