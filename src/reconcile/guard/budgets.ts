import { countsFor, isOfKind, type Budget, type BudgetStatus } from '../../model/money/budget.ts';
import {
  costsBetween,
  monthOf,
  type CostRow,
  type RateGroup,
  type RecordedCosts,
} from '../../model/money/ledger.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { PriceBook } from '../pricing/priceBook.ts';
import type { TeamCost } from '../pricing/teamCost.ts';

/** What the team has cost this month, as far as it is known. */
export interface Spending {
  readonly recorded: RecordedCosts;
  readonly costs: Pick<TeamCost, 'rates'> & { readonly book: Pick<PriceBook, 'counts'> };
  readonly snapshot: Snapshot;
  readonly now: Date;
}

/** A budget with its status. */
export interface CheckedBudget {
  readonly budget: Budget;
  readonly status: BudgetStatus;
}

/**
 * Computes what the resources of each budget have cost this month: what passes recorded, and the time since then at
 * the present rates. Pure.
 */
export function checkBudgets(
  budgets: readonly Budget[],
  spending: Spending,
): readonly CheckedBudget[] {
  const { costs, snapshot, recorded } = spending;
  const rows = [...recorded.rows, ...unrecorded(spending)];
  const unread = [...snapshot.values()].flatMap(({ kind, complete }) =>
    !complete && costs.book.counts(kind) ? [kind] : [],
  );
  return budgets.map((budget) => ({
    budget,
    status: statusOf(budget, rows, costs.rates, unread),
  }));
}

/** The costs of this month that no pass has recorded yet. */
function unrecorded({ recorded: { until }, costs, now }: Spending): readonly CostRow[] {
  if (until === undefined) return [];
  const begin = monthOf(now).toISOString();
  const from = new Date(until) < new Date(begin) ? begin : until;
  return costsBetween(from, now.toISOString(), costs.rates);
}

function statusOf(
  budget: Budget,
  rows: readonly CostRow[],
  rates: readonly RateGroup[],
  unread: readonly string[],
): BudgetStatus {
  const { name, monthly, warn, hold } = budget;
  const counted = rows.filter((row) => countsFor(budget, row));
  const spent = Math.round(counted.reduce((sum, { usd }) => sum + usd, 0) * 100) / 100;
  const known =
    counted.every(({ unknownHours }) => unknownHours === 0) &&
    !rates.some((rate) => rate.unknown > 0 && countsFor(budget, rate)) &&
    !unread.some((kind) => isOfKind(budget.match, kind));
  const isNear = warn !== null && spent * 100 >= monthly * warn;
  const state = spent >= monthly ? 'over' : isNear ? 'warn' : 'ok';
  return { name, monthly, warn, hold, spent, known, state };
}
