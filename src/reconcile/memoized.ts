import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../model/pass/plan.ts';
import type { Address, Desired } from '../model/resource.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import { costOf, type CostInput, type PlannedCost } from './guard/cost.ts';
import { plan } from './plan/plan.ts';
import type { PlanInput } from './plan/planInput.ts';

/*
 * Results that a pass computes again only if an input is another object than in the pass before. No input of a plan changes in place: another
 * config, page, memory, or secret is another object.
 */

/** The last plan for these resources, and its input. */
interface LastPlan {
  readonly input?: PlanInput;
  readonly made: Plan;
}

const lastPlans = new WeakMap<readonly Desired[], LastPlan>();

/**
 * Returns the plan for this input: the last one if its input is the same and it is still valid, or if its content is
 * the same. Equal plans are one object, so that they are rendered and written once.
 */
export const memoizedPlan = (input: PlanInput): Plan => madeFromSame(input) ?? planAnew(input);

/** The last plan if it is still valid. Otherwise its input is released before the next plan allocates memory. */
function madeFromSame(input: PlanInput): Plan | undefined {
  const { resources } = input.desired;
  const last = lastPlans.get(resources);
  if (!last) return undefined;
  if (last.input && isSame(last.input, input) && isValid(last.made, input)) return last.made;
  lastPlans.set(resources, { made: last.made });
  lastCosts.delete(last.made);
  return undefined;
}

function planAnew(input: PlanInput): Plan {
  const { resources } = input.desired;
  const drawn = plan(input);
  const last = lastPlans.get(resources)?.made;
  const made = last && isDeepStrictEqual(last, drawn) ? last : drawn;
  lastPlans.set(resources, { made, input });
  return made;
}

const isValid = ({ validUntil }: Plan, { now }: PlanInput): boolean =>
  validUntil === undefined || now < validUntil;

/** Whether two inputs for the same resources are the same except for the time. */
function isSame(one: PlanInput, other: PlanInput): boolean {
  const { catalog, desired, snapshot, memory, written, prune, visibility } = one;
  return (
    catalog === other.catalog &&
    desired.absent === other.desired.absent &&
    isSameSnapshot(snapshot, other.snapshot) &&
    memory.bindings === other.memory.bindings &&
    memory.intents === other.memory.intents &&
    memory.digests === other.memory.digests &&
    memory.lastReadAt === other.memory.lastReadAt &&
    written === other.written &&
    prune === other.prune &&
    visibility === other.visibility
  );
}

const isSameSnapshot = (one: Snapshot, other: Snapshot): boolean =>
  one.size === other.size && [...one].every(([key, listing]) => other.get(key) === listing);

const lastCosts = new WeakMap<
  Plan,
  { readonly input: CostInput; readonly reckoned: PlannedCost }
>();

/** The cost of a plan. A plan without actions costs the same as the last one at the same rates. */
export function memoizedCost(input: CostInput): PlannedCost {
  if (input.plan.actions.length > 0) return costOf(input);
  const last = lastCosts.get(input.plan);
  if (
    last &&
    last.input.prices === input.prices &&
    isSameSnapshot(last.input.snapshot, input.snapshot)
  )
    return last.reckoned;
  const reckoned = costOf(input);
  lastCosts.set(input.plan, { input, reckoned });
  return reckoned;
}

const lastIndexes = new WeakMap<readonly Desired[], ReadonlyMap<Address, Desired>>();

/** Indexes the resources by address. */
export function memoizedIndex(resources: readonly Desired[]): ReadonlyMap<Address, Desired> {
  const index = lastIndexes.get(resources) ?? new Map(resources.map((one) => [one.address, one]));
  lastIndexes.set(resources, index);
  return index;
}
