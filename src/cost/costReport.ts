import type { CostReport } from '../model/money/costReport.ts';
import { dayOf, monthOf, type CostRow } from '../model/money/ledger.ts';
import { forecastOf, type ForecastInput } from './forecast.ts';
import { groupCosts, sumOf, toCents } from './groupCosts.ts';

/** What a report on costs is about. */
export interface CostQuery {
  /** `kind`, `machineType`, `label` for all labels, or the key of a label. */
  readonly by: string;
  readonly since: Date;
}

/**
 * The entry point of `cost/`. In: the recorded costs since the earlier of `since` and the beginning of the month, and
 * the live team. Out: what it cost by group, and the forecast of the month. Pure.
 */
export function costReport(
  rows: readonly CostRow[],
  { by, since }: CostQuery,
  team: Omit<ForecastInput, 'until'> & Pick<CostReport, 'budgets'>,
): CostReport {
  const { now, budgets } = team;
  const asked = rows.filter(({ day }) => day >= dayOf(since.toISOString()));
  const ofMonth = sumOf(rows.filter(({ day }) => day >= dayOf(monthOf(now).toISOString())));
  const { hourly, usd, known } = forecastOf({ ...team, until: monthOf(now, 1) });
  return {
    schema: 'holdfast/cost/v1',
    by,
    since: dayOf(since.toISOString()),
    until: now.toISOString(),
    items: groupCosts(asked, by),
    total: sumOf(asked),
    now: { hourly: Math.round(hourly * 10_000) / 10_000, known },
    month: {
      spent: ofMonth.usd,
      forecast: toCents(ofMonth.usd + usd),
      known: known && ofMonth.unknownHours === 0,
    },
    ...(budgets ? { budgets } : {}),
  };
}
