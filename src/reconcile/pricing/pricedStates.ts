import type { Pricing } from '../../model/kind/capabilities.ts';
import type { ResourceKind } from '../../model/kind/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Address, Desired, Spec } from '../../model/resource.ts';
import { specOf, valueAt } from '../compare/spec.ts';
import { wantedPower, type Instant } from '../plan/power/power.ts';
import { liveState, type PricedState } from './priceBook.ts';
import type { TeamCostInput } from './teamCost.ts';

type StatesInput = Pick<TeamCostInput, 'snapshot' | 'desired'> & Instant;

/** A resource before and after its actions; undefined: it does not exist. */
export interface PricedStates {
  readonly before: PricedState | undefined;
  readonly after: PricedState | undefined;
}

/** Returns what determines the price of a resource before and after its actions. Pure. */
export function statesOf(
  kind: ResourceKind,
  address: Address,
  actions: readonly Action[],
  input: StatesInput,
): PricedStates {
  const id = actions.find(({ resourceId }) => resourceId !== undefined)?.resourceId;
  const live = id === undefined ? undefined : input.snapshot.get(kind.name)?.byId.get(id);
  const before = live && liveState(kind, live);
  return { before, after: stateAfter(kind, address, actions, before, input) };
}

function stateAfter(
  kind: ResourceKind,
  address: Address,
  actions: readonly Action[],
  before: PricedState | undefined,
  input: StatesInput,
): PricedState | undefined {
  const verbs = new Set(actions.map(({ verb }) => verb));
  const declared = input.desired.get(address);
  if (verbs.has('create') && declared) return createdState(kind, declared, input);
  if (verbs.has('delete') || !before) return undefined;
  const runs = verbs.has('start') || (before.runs && !verbs.has('stop'));
  return { ...before, spec: specAfter(kind.pricing, actions, before.spec, declared), runs };
}

const createdState = (
  { power }: ResourceKind,
  declared: Desired,
  instant: Instant,
): PricedState => ({
  spec: declared.spec,
  live: undefined,
  runs: power?.runsOnCreate(declared.spec, wantedPower(power, declared, instant)) ?? true,
});

/** The spec with the declared values of the updated fields that have a price. */
function specAfter(
  pricing: Pricing | undefined,
  actions: readonly Action[],
  spec: Spec,
  declared: Desired | undefined,
): Spec {
  const updated = actions.flatMap((action) =>
    action.verb === 'update' && !('relation' in action) && !action.restores ? action.fields : [],
  );
  const paths = (pricing?.fields ?? []).filter((path) => updated.includes(path));
  return { ...spec, ...specOf(paths.map((path) => [path, valueAt(declared?.spec ?? {}, path)])) };
}
