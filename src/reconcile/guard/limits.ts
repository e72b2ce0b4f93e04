import { actionId, type Action, type Plan } from '../../model/pass/plan.ts';
import { addressOf } from '../../model/resource.ts';
import { approvalHint } from '../../model/pass/approval.ts';
import type { Limit, Settings } from '../../model/settings.ts';
import { budgetReasons, type BudgetsInput } from './budgetLimits.ts';
import type { PlanCost } from '../pricing/planCost.ts';

/** The limits and budgets, and the figures to compare with them. */
export interface LimitsInput extends BudgetsInput {
  readonly limits: Settings['limits'];
  /** The cost of a plan whose unblocked actions all succeed. */
  readonly costOf: (plan: Plan) => PlanCost;
  /** The number of live resources of a kind. */
  readonly liveCount: (kind: string) => number;
  /** The number of deletions in the last 24 hours. */
  readonly deletedToday: number;
}

/** The number of live resources of a kind from which a limit in per cent applies (INTERFACE 2.2). */
const minLiveForPercent = 10;

/** A class of actions that exceeds a limit, and the reason with the figures. */
interface Reason {
  readonly reason: string;
  readonly covers: (action: Action) => boolean;
}

/**
 * Compares a plan with the limits and the budgets. The result gives the reason why an action is blocked, with the
 * figures; undefined if neither is exceeded. A limit blocks its whole class, such as all updates of a kind. Actions
 * that are blocked already do not count. Pure.
 */
export function overLimits(
  plan: Plan,
  input: LimitsInput,
): ((action: Action) => string | undefined) | undefined {
  const reasons = [
    ...classReasons(plan, input),
    ...dayReason(plan, input),
    ...moneyReasons(plan, input),
  ];
  return reasons.length === 0
    ? undefined
    : (action) => reasons.find(({ covers }) => covers(action))?.reason;
}

function classReasons({ actions }: Plan, { limits, liveCount }: LimitsInput): readonly Reason[] {
  const classes = [
    { verb: 'update', limit: limits.updates, setting: 'limits.updates' },
    { verb: 'delete', limit: limits.deletions, setting: 'limits.deletions' },
  ] as const;
  return classes.flatMap(({ verb, limit, setting }) => {
    const isCounted = (action: Action): boolean => action.verb === verb && !followsCreate(action);
    const counted = actions.filter(
      (action) => isCounted(action) && action.blockedReason === undefined,
    );
    return [...Map.groupBy(counted, ({ kind }) => kind)].flatMap(([kind, ofKind]) => {
      const count = new Set(ofKind.map(({ name }) => name)).size;
      return exceeds(limit, count, liveCount(kind))
        ? [
            {
              reason: `${count} of ${liveCount(kind)} ${kind} to ${verb}, over ${setting}: ${limitText(limit)}; ${approvalHint}`,
              covers: (action: Action) => isCounted(action) && action.kind === kind,
            },
          ]
        : [];
    });
  });
}

/** Whether an update only completes the create of its resource, and so changes nothing that was live before. */
const followsCreate = ({ kind, name, requires }: Action): boolean =>
  requires.includes(actionId(addressOf(kind, name), 'create'));

const exceeds = (limit: Limit, count: number, live: number): boolean =>
  'percent' in limit
    ? live >= minLiveForPercent && count * 100 > limit.percent * live
    : count > limit.count;

const limitText = (limit: Limit): string =>
  'percent' in limit ? `${limit.percent}%` : String(limit.count);

function dayReason({ actions }: Plan, { limits, deletedToday }: LimitsInput): readonly Reason[] {
  const planned = actions.filter(
    ({ verb, blockedReason }) => verb === 'delete' && blockedReason === undefined,
  ).length;
  if (planned === 0 || deletedToday + planned <= limits.deletionsPerDay) return [];
  return [
    {
      reason: `${deletedToday} deleted in 24 hours and ${planned} to delete, over limits.deletionsPerDay: ${limits.deletionsPerDay}; ${approvalHint}`,
      covers: ({ verb }) => verb === 'delete',
    },
  ];
}

/** The reasons of the limit of the cost and of the budgets. The cost is computed once, if any of them may block. */
function moneyReasons(plan: Plan, input: LimitsInput): readonly Reason[] {
  const { limits, budgets, costOf } = input;
  if (limits.hourlyCost === null && !budgets.some(({ budget }) => budget.hold)) return [];
  const planned = costOf(plan);
  return [...costReasons(planned, limits), ...budgetReasons(input, planned)];
}

/**
 * Blocks all actions that raise the cost if the sum would exceed the limit, and any action whose price is unknown.
 * Actions that lower the cost are never blocked.
 */
function costReasons(
  { cost, isKnown, raising }: PlanCost,
  { hourlyCost }: LimitsInput['limits'],
): readonly Reason[] {
  if (hourlyCost === null) return [];
  const { managed, unmanaged, change } = cost.hourly;
  const now = Math.round((managed + unmanaged) * 10_000) / 10_000;
  const limit = `limits.hourlyCost: ${hourlyCost}`;
  const unpriced = `no price is known for ${cost.unpriced.join(', ')} (settings.prices)`;
  const covers = ({ id }: Action): boolean => raising.has(id);
  const unknown: Reason = {
    reason: `${unpriced}, so the cost may go over ${limit}; ${approvalHint}`,
    covers: ({ id }) => raising.get(id) === 'unknown',
  };
  if (!isKnown) return [{ ...unknown, covers }];
  if (change <= 0 || now + change <= hourlyCost) return [unknown];
  return [
    unknown,
    { reason: `${now} USD/h now and ${change} more, over ${limit}; ${approvalHint}`, covers },
  ];
}
