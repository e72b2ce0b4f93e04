import type { Plan } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { Address, Desired } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { costOf, type CostInput } from './cost.ts';
import { plan, type PlanInput } from './plan.ts';

/*
 * What a pass works out again only where something is another object than it was in the pass before. Nothing that a plan is made
 * from ever changes in place: another config, page, memory or secret is another object.
 */

const lastPlans = new WeakMap<
  readonly Desired[],
  { readonly input: PlanInput; readonly made: Plan }
>();

/** The plan of this input: the last one of these resources where it was made from the same, and never asked what time it is. */
export function planAgain(input: PlanInput): Plan {
  const { resources } = input.desired;
  const last = lastPlans.get(resources);
  if (last && isSame(last.input, input)) return last.made;
  // What it was made from need not be there together with what this one is made from.
  lastPlans.delete(resources);
  let timely = false;
  const now = (): Date => ((timely = true), input.now());
  const made = plan({ ...input, now });
  if (!timely) lastPlans.set(resources, { input, made });
  return made;
}

/** Whether two inputs for the same resources are the same but for the time. */
function isSame(one: PlanInput, other: PlanInput): boolean {
  const { catalog, desired, snapshot, memory, written, prune, visibility } = one;
  return (
    catalog === other.catalog &&
    desired.absent === other.desired.absent &&
    isSameSnapshot(snapshot, other.snapshot) &&
    memory.bindings === other.memory.bindings &&
    memory.intents === other.memory.intents &&
    memory.digests === other.memory.digests &&
    memory.readings === other.memory.readings &&
    written === other.written &&
    prune === other.prune &&
    visibility === other.visibility
  );
}

const isSameSnapshot = (one: Snapshot, other: Snapshot): boolean =>
  one.size === other.size && [...one].every(([key, listing]) => other.get(key) === listing);

const lastCosts = new WeakMap<
  Plan,
  { readonly input: CostInput; readonly reckoned: Report['cost'] }
>();

/** The cost; of a plan that does nothing, the last one where the rates are the same. */
export function costAgain(input: CostInput): Report['cost'] {
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

/** The resources by address. */
export function indexAgain(resources: readonly Desired[]): ReadonlyMap<Address, Desired> {
  const index = lastIndexes.get(resources) ?? new Map(resources.map((one) => [one.address, one]));
  lastIndexes.set(resources, index);
  return index;
}
