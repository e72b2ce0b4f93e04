import type { BudgetStatus } from './budget.ts';

/** How costs are grouped by default. */
export const defaultCostBy = 'kind';

/** The number of days that a report on costs covers by default. */
export const defaultCostDays = 30;

/** The cost of one group. */
export interface CostItem {
  /** The value by which costs are grouped: a kind, a machine type, labels; empty: it has none. */
  readonly key: string;
  readonly usd: number;
  /** The hours of resources whose rate was not known, which `usd` leaves out. */
  readonly unknownHours: number;
}

/** The answer of `holdfast cost`. */
export interface CostReport {
  readonly schema: 'holdfast/cost/v1';
  /** `kind`, `machineType`, `label` for all labels, or the key of a label. */
  readonly by: string;
  /** The first day, in UTC: the one that was asked for, or the day since which costs are recorded. */
  readonly since: string;
  /** The time of the answer, RFC 3339. */
  readonly until: string;
  /** The most expensive first. */
  readonly items: readonly CostItem[];
  readonly total: Omit<CostItem, 'key'>;
  /** What the team costs now in USD/h. `known`: whether every rate is known. */
  readonly now: { readonly hourly: number; readonly known: boolean };
  /** The present month in UTC: what it cost, and what it will have cost if nothing but timetables changes. */
  readonly month: {
    /** The first day of the month whose costs are recorded. */
    readonly since: string;
    readonly spent: number;
    readonly forecast: number;
    readonly known: boolean;
  };
  /** The budgets. Not set: there are none. */
  readonly budgets?: readonly BudgetStatus[];
}
