import { hasLabels, labelsText, type Labels } from '../selection/labels.ts';
import { isFolded, type RateGroup } from './ledger.ts';

/** An amount for a month (UTC) that the resources of a team, or some of them, may cost. */
export interface Budget {
  readonly name: string;
  /** `kinds`: null: all. `labels`: all of them, with these values; empty: any. */
  readonly match: { readonly kinds: readonly string[] | null; readonly labels: Labels };
  /** USD. */
  readonly monthly: number;
  /** The per cent of `monthly` from which it warns; null: it does not. */
  readonly warn: number | null;
  /** Whether actions that raise the cost are blocked from `monthly` on. */
  readonly hold: boolean;
}

/** A budget, and what its resources have cost this month. */
export interface BudgetStatus extends Pick<Budget, 'name' | 'monthly' | 'warn' | 'hold'> {
  /** USD. */
  readonly spent: number;
  /** Whether `spent` is all of it: the rates of all resources were known, and all lists were complete. */
  readonly known: boolean;
  /** `over`: `monthly` is spent. `warn`: as much of it as `warn` says. */
  readonly state: 'ok' | 'warn' | 'over';
}

/** The name of a budget that has none of its own: `machines owner=ml`; `team` for the whole team. */
export const budgetNameOf = ({ kinds, labels }: Budget['match']): string =>
  [...(kinds ?? []), labelsText(labels)].filter((part) => part !== '').join(' ') || 'team';

/** Whether a resource of this kind, with these labels, belongs to a budget. */
export const isInBudget = (
  { match }: Pick<Budget, 'match'>,
  kind: string,
  labels: Labels | undefined,
): boolean => isOfKind(match, kind) && hasLabels(labels, match.labels);

/**
 * Whether the costs of a group count for a budget. Costs whose labels are no longer known count for every budget of
 * their kind.
 */
export const countsFor = (
  { match }: Pick<Budget, 'match'>,
  group: Pick<RateGroup, 'kind' | 'type' | 'labels'>,
): boolean =>
  isOfKind(match, group.kind) && (isFolded(group) || hasLabels(group.labels, match.labels));

/** Whether resources of this kind can belong to a budget. */
export const isOfKind = ({ kinds }: Budget['match'], kind: string): boolean =>
  kinds === null || kinds.includes(kind);

/** A budget for people: `1,640 of 2,000 USD this month (82 %)`. */
export const budgetText = ({ spent, monthly, known }: BudgetStatus): string =>
  `${known ? '' : 'at least '}${usdText(spent)} of ${usdText(monthly)} USD this month (${Math.floor((spent / monthly) * 100)} %)`;

/** The states of a budget as words. */
export const budgetWords: Readonly<Record<BudgetStatus['state'], string>> = {
  ok: 'ok',
  warn: 'warning',
  over: 'spent',
};

/** An amount of USD with groups of thousands: `1,640.5`. */
const usdText = (usd: number): string => usd.toLocaleString('en', { maximumFractionDigits: 2 });

/**
 * How far a budget is spent, and what follows from it. The text is the same in every pass of a month, since an alert is
 * announced again when its text changes.
 */
export function budgetStageText({ state, monthly, warn, hold }: BudgetStatus, at: string): string {
  const month = `in ${at.slice(0, 7)}`;
  if (state !== 'over') return `${warn} % of ${usdText(monthly)} USD are spent ${month}`;
  const consequence = hold ? '; creates and starts are blocked' : '';
  return `all of ${usdText(monthly)} USD is spent ${month}${consequence}`;
}
