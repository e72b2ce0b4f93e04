import { budgetText, isInBudget } from '../../model/money/budget.ts';
import { approvalHint } from '../../model/pass/approval.ts';
import type { Action } from '../../model/pass/plan.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import type { Labels } from '../../model/selection/labels.ts';
import type { CheckedBudget } from './budgets.ts';
import type { PlanCost } from '../pricing/planCost.ts';

/** The budgets, and what tells whose cost an action raises. */
export interface BudgetsInput {
  readonly budgets: readonly CheckedBudget[];
  readonly labelsOf: (address: Address) => Labels | undefined;
}

/** Which actions a budget blocks, and the reason with the figures. */
interface Held {
  readonly reason: string;
  readonly covers: (action: Action) => boolean;
}

/**
 * Blocks the actions that raise the cost of a budget with `hold`: all of them if it is spent, or if it may be, since
 * the cost of its resources is not known; otherwise those whose own price is not known. Pure.
 */
export function budgetReasons(
  { budgets, labelsOf }: BudgetsInput,
  { raising, cost }: Pick<PlanCost, 'raising' | 'cost'>,
): readonly Held[] {
  return budgets
    .filter(({ budget }) => budget.hold)
    .map((checked) => {
      const isOwn = ({ kind, name }: Action): boolean =>
        isInBudget(checked.budget, kind, labelsOf(addressOf(kind, name)));
      const why = reasonOf(checked);
      return why === undefined
        ? {
            reason: `no price is known for ${cost.unpriced.join(', ')} (settings.prices), so budget ${checked.budget.name} may be exceeded; ${approvalHint}`,
            covers: (action) => raising.get(action.id) === 'unknown' && isOwn(action),
          }
        : {
            reason: `budget ${checked.budget.name}: ${why}; ${approvalHint}`,
            covers: (action) => raising.has(action.id) && isOwn(action),
          };
    });
}

/** Why everything that raises the cost of a budget is blocked; undefined: it is not. */
function reasonOf({ status }: CheckedBudget): string | undefined {
  const figures = budgetText(status);
  if (status.state === 'over') return figures;
  return status.known
    ? undefined
    : `${figures}, and the cost of some resources is not known, so it may be exceeded`;
}
