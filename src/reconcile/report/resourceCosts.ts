import type { Assessment } from '../../model/pass/plan.ts';
import type { ResourceCost } from '../../model/pass/report.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import type { TeamCost } from '../pricing/teamCost.ts';

/** Returns the cost of an assessed resource; undefined if its kind has none that is counted. */
export type ResourceCosts = (
  assessment: Pick<Assessment, 'kind' | 'name' | 'id'>,
) => ResourceCost | undefined;

/** Makes the function for one plan. Equal costs are one object, since thousands of machines cost the same. */
export function resourceCosts(
  { rateOf }: Pick<TeamCost, 'rateOf'>,
  changes: ReadonlyMap<Address, number | null>,
): ResourceCosts {
  const known = new Map<string, ResourceCost>();
  return ({ kind, name, id }) => {
    const change = changes.get(addressOf(kind, name));
    const live = id === undefined ? undefined : rateOf(kind, id);
    if (live === undefined && change === undefined) return undefined;
    const hourly = live === undefined ? 0 : live;
    const key = `${hourly} ${change}`;
    const cost = known.get(key) ?? { hourly, ...(change === undefined ? {} : { change }) };
    known.set(key, cost);
    return cost;
  };
}
