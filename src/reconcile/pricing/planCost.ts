import type { Action, ActionId, Plan } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import { hoursPerMonth } from '../../model/text/money.ts';
import type { Instant } from '../plan/power/power.ts';
import { statesOf } from './pricedStates.ts';
import { rounded, type TeamCost, type TeamCostInput } from './teamCost.ts';

/** The team before a plan, its cost, and the time of the plan. */
export interface PlanCostInput
  extends Pick<TeamCostInput, 'kinds' | 'snapshot' | 'desired'>, Instant {
  readonly team: TeamCost;
}

/** The cost of a team and of a plan. */
export interface PlanCost {
  readonly cost: Report['cost'];
  /** Whether the rate of every live resource is known. */
  readonly isKnown: boolean;
  /** The actions that raise the cost of their resource, or may raise it. Owed actions are never among them. */
  readonly raising: ReadonlyMap<ActionId, 'known' | 'unknown'>;
}

/**
 * Computes how the actions of a plan that are not blocked change the hourly rate of the team: the usage of running
 * resources, and the storage of all. A change that is not known adds nothing to the sums; `unpriced` names its type.
 * Pure.
 */
export function planCost({ actions }: Plan, input: PlanCostInput): PlanCost {
  const { team } = input;
  const unpriced = new Set(team.unpriced);
  const raising = new Map<ActionId, 'known' | 'unknown'>();
  let change = 0;
  let isChangeKnown = true;
  const acting = actions.filter(({ blockedReason }) => blockedReason === undefined);
  for (const { ofResource, rate, type } of changesIn(acting, input)) {
    if (rate === undefined && type !== undefined) unpriced.add(type);
    change += rate ?? 0;
    isChangeKnown &&= rate !== undefined;
    if (rate !== undefined && rate <= 0) continue;
    for (const action of ofResource)
      if (mayRaise(action, input)) raising.set(action.id, rate === undefined ? 'unknown' : 'known');
  }
  const isKnown = team.unpriced.size === 0;
  return {
    isKnown,
    raising,
    cost: {
      currency: 'USD',
      unpriced: [...unpriced].toSorted(),
      known: { hourly: isKnown, change: isChangeKnown },
      hourly: {
        managed: rounded(team.managed, 4),
        unmanaged: rounded(team.unmanaged, 4),
        change: rounded(change, 4),
      },
      monthly: { change: rounded(change * hoursPerMonth, 2) },
    },
  };
}

/** Computes the change by all actions of each resource, blocked ones included, in USD/h; null: unknown. Pure. */
export const changesByResource = (
  { actions }: Plan,
  input: PlanCostInput,
): ReadonlyMap<Address, number | null> =>
  new Map(
    changesIn(actions, input).map(({ address, rate }) => [
      address,
      rate === undefined ? null : rounded(rate, 4),
    ]),
  );

/** How the actions of one resource change its rate. */
interface Change {
  readonly address: Address;
  readonly ofResource: readonly Action[];
  /** USD/h; undefined: unknown. */
  readonly rate: number | undefined;
  /** The machine type afterwards; undefined: it is deleted. */
  readonly type: string | undefined;
}

/** The changes of the resources whose cost is counted. */
function changesIn(actions: readonly Action[], input: PlanCostInput): readonly Change[] {
  const { kinds, team } = input;
  const counted = actions.filter(({ kind }) => team.book.counts(kind));
  return [...Map.groupBy(counted, ({ kind, name }) => addressOf(kind, name))].flatMap(
    ([address, ofResource]) => {
      const kind = kinds.get(ofResource[0]?.kind ?? '');
      if (!kind) return [];
      const { before, after } = statesOf(kind, address, ofResource, input);
      const rate = team.book.changeOf(kind, before, after);
      return [{ address, ofResource, rate, type: after && team.book.typeOf(kind, after.spec) }];
    },
  );
}

/** Whether an action can raise the cost of its resource. */
function mayRaise(action: Action, { kinds }: PlanCostInput): boolean {
  if (action.owed) return false;
  if (action.verb !== 'update') return action.verb === 'create' || action.verb === 'start';
  const priced = kinds.get(action.kind)?.pricing?.fields ?? [];
  return !('relation' in action) && action.fields.some((path) => priced.includes(path));
}
