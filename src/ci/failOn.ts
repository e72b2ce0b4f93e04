import type { Report } from '../model/pass/report.ts';
import { countOf } from '../model/text/countOf.ts';

/** A rule of `--fail-on`: what makes the job fail. `cost`: an increase by more than this, in USD/h. */
export type FailRule =
  | { readonly on: 'deletions' }
  | { readonly on: 'blocked' }
  | { readonly on: 'cost'; readonly over: number };

/** Parses a rule: `deletions`, `blocked`, or `cost>N`. Undefined if the text is none. */
export function parseFailRule(text: string): FailRule | undefined {
  if (text === 'deletions' || text === 'blocked') return { on: text };
  const [, amount] = /^cost>(\d{1,9}(?:\.\d{1,4})?)$/.exec(text) ?? [];
  return amount === undefined ? undefined : { on: 'cost', over: Number(amount) };
}

/** The figures of a plan that rules are about. */
export interface RuledPlan {
  readonly report: Report;
  /** The cost of all actions, blocked ones included: a window that opens would let them run. */
  readonly possibleCost: Report['cost'];
}

/** The sentences that say which rules a plan breaks. An unknown cost is over every limit. Pure. */
export const brokenRules = (rules: readonly FailRule[], plan: RuledPlan): readonly string[] =>
  rules.flatMap((rule) => brokenRule(rule, plan) ?? []);

function brokenRule(rule: FailRule, { report, possibleCost }: RuledPlan): string | undefined {
  const { actions, summary } = report;
  switch (rule.on) {
    case 'deletions': {
      const count = actions.filter(({ verb }) => verb === 'delete').length;
      return count > 0
        ? `--fail-on deletions: the plan has ${countOf(count, 'deletion')}`
        : undefined;
    }
    case 'blocked': {
      const count = actions.filter(({ outcome }) => outcome === 'blocked').length;
      const blocked = Math.max(count, summary.blocked);
      return blocked > 0 ? `--fail-on blocked: ${blocked} blocked` : undefined;
    }
    case 'cost':
      return costText(rule.over, possibleCost);
  }
}

function costText(over: number, { hourly, unpriced }: Report['cost']): string | undefined {
  if (unpriced.length > 0)
    return `--fail-on cost>${over}: the cost is not known, since ${countOf(unpriced.length, 'machine type has', 'machine types have')} no price (settings.prices)`;
  return hourly.change <= over
    ? undefined
    : `--fail-on cost>${over}: the plan costs ${hourly.change.toFixed(2)} USD/h more`;
}
