import type { Pricing } from '../../model/capabilities.ts';
import type { ResourceKind } from '../../model/kind.ts';
import type { Action, ActionId } from '../../model/pass/plan.ts';
import {
  addressOf,
  splitAddress,
  type Address,
  type Desired,
  type Observed,
  type Spec,
} from '../../model/resource.ts';
import { specOf, valueAt } from '../compare/spec.ts';
import { powerOf, wantedPower } from '../plan/power/power.ts';
import { rounded, typeOf, type CostContext, type CostInput } from './costInput.ts';
import type { PriceBook } from './prices.ts';

/** Computes the change by all actions of each resource, blocked ones included, in USD/h; null: unknown. */
export function changesByResource(
  input: CostContext,
  book: PriceBook,
): ReadonlyMap<Address, number | null> {
  const priced = input.plan.actions.filter(({ kind }) => isCounted(input, book, kind));
  const groups = Map.groupBy(priced, ({ kind, name }) => addressOf(kind, name));
  return new Map(
    [...groups].map(([address, actions]) => {
      const change = changeOf(address, actions, input, book, new Set());
      return [address, change === undefined ? null : rounded(change, 4)];
    }),
  );
}

const isCounted = ({ catalog }: CostInput, book: PriceBook, kindName: string): boolean => {
  const kind = catalog.kinds.get(kindName);
  return kind !== undefined && book.counts(kind);
};

/** The change by the actions that are not blocked. */
export interface PlannedChanges {
  /** USD/h, without the changes that are not known. */
  readonly change: number;
  readonly isChangeKnown: boolean;
  /** The actions that raise the cost of their resource, or may raise it. Owed actions are never among them. */
  readonly raising: ReadonlyMap<ActionId, 'known' | 'unknown'>;
}

/** Computes the change by the actions that are not blocked. Adds types without a price to `unpriced`. */
export function plannedChanges(
  input: CostContext,
  book: PriceBook,
  unpriced: Set<string>,
): PlannedChanges {
  const acting = input.plan.actions.filter(
    ({ kind, blockedReason }) => blockedReason === undefined && isCounted(input, book, kind),
  );
  const raising = new Map<ActionId, 'known' | 'unknown'>();
  let sum = 0;
  let isChangeKnown = true;
  for (const [address, actions] of Map.groupBy(acting, ({ kind, name }) => addressOf(kind, name))) {
    const change = changeOf(address, actions, input, book, unpriced);
    sum += change ?? 0;
    isChangeKnown &&= change !== undefined;
    if (change !== undefined && change <= 0) continue;
    for (const action of actions)
      if (mayRaise(action, input))
        raising.set(action.id, change === undefined ? 'unknown' : 'known');
  }
  return { change: sum, raising, isChangeKnown };
}

/** Whether an action can raise the cost of its resource. */
function mayRaise(action: Action, { catalog }: CostInput): boolean {
  if (action.owed) return false;
  if (action.verb !== 'update') return action.verb === 'create' || action.verb === 'start';
  const priced = catalog.kinds.get(action.kind)?.pricing?.fields ?? [];
  return !('relation' in action) && action.fields.some((path) => priced.includes(path));
}

/** The state of a resource that determines its price, before or after its actions. */
interface PricedState {
  readonly spec: Spec;
  readonly live: Observed | undefined;
  readonly runs: boolean;
}

function changeOf(
  address: Address,
  actions: readonly Action[],
  input: CostContext,
  book: PriceBook,
  unpriced: Set<string>,
): number | undefined {
  const kind = input.catalog.kinds.get(splitAddress(address).kind);
  if (!kind) return 0;
  const before = stateBefore(kind, actions, input);
  const after = stateAfter(kind, address, actions, before, input);
  const change = book.changeOf(kind, before, after);
  if (change === undefined && after) unpriced.add(typeOf(kind, after.spec));
  return change;
}

function stateBefore(
  kind: ResourceKind,
  actions: readonly Action[],
  { snapshot }: CostInput,
): PricedState | undefined {
  const id = actions.find(({ resourceId }) => resourceId !== undefined)?.resourceId;
  const live = id === undefined ? undefined : snapshot.get(kind.name)?.byId.get(id);
  return live && { spec: live.spec, live, runs: powerOf(kind.power, live) !== 'off' };
}

/** The state after the actions; undefined if they delete the resource. */
function stateAfter(
  kind: ResourceKind,
  address: Address,
  actions: readonly Action[],
  before: PricedState | undefined,
  { desired, now, timetables, wakes }: CostContext,
): PricedState | undefined {
  const verbs = new Set(actions.map(({ verb }) => verb));
  const declared = desired.get(address);
  if (verbs.has('create') && declared)
    return {
      spec: declared.spec,
      live: undefined,
      runs:
        kind.power?.runsOnCreate(
          declared.spec,
          wantedPower(kind.power, declared, { now, timetables, wakes }),
        ) ?? true,
    };
  if (verbs.has('delete') || !before) return undefined;
  const runs = verbs.has('start') || (before.runs && !verbs.has('stop'));
  return { ...before, spec: specAfter(kind.pricing, actions, before.spec, declared), runs };
}

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
