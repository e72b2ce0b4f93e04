import type { Pricing } from '../../model/capabilities.ts';
import type { ResourceKind } from '../../model/kind.ts';
import type { Action, ActionId, Plan } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import type { Address, Desired, Observed, Spec } from '../../model/resource.ts';
import { addressOf, splitAddress } from '../../model/resource.ts';
import type { Memory } from '../../model/memory.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Catalog } from '../../model/kind.ts';
import { hoursPerMonth } from '../../model/text/money.ts';
import { powerOf, wantedPower, type Instant } from '../plan/power/power.ts';
import { createTimetables } from '../../model/time/timetable.ts';
import { priceBook, type PriceBook } from './prices.ts';
import { specOf, valueAt } from '../compare/spec.ts';

/** The input of a cost computation. `prices`: USD/h by machine type, for types that no live resource shows. */
export interface CostInput {
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly plan: Plan;
  readonly prices: Readonly<Record<string, number>>;
  /** The rates that live resources have shown before. */
  readonly remembered: Memory['prices'];
  readonly now: Date;
}

type CostContext = CostInput & Instant;

/** The cost of a team and of a plan, as the limits see it. */
export interface LimitedCost {
  readonly cost: Report['cost'];
  /** Whether the rate of every live resource is known. */
  readonly isKnown: boolean;
  /** The actions that raise the cost of their resource, or may raise it. Owed actions are never among them. */
  readonly raising: ReadonlyMap<ActionId, 'known' | 'unknown'>;
}

/** The cost of a team and of a plan, and of each resource. */
export interface PlannedCost extends LimitedCost {
  /** The rate of a live resource in USD/h; null: unknown; undefined: its kind has no cost that is counted. */
  readonly rateOf: (kind: string, id: string) => number | null | undefined;
  /** The change by all actions of a resource in USD/h, blocked ones included; null: unknown. */
  readonly changes: ReadonlyMap<Address, number | null>;
  /** The rates that live resources show now, by `priceKey`. */
  readonly shown: ReadonlyMap<string, number>;
}

/**
 * Computes the hourly rate of all live resources, declared or not, and its change by the plan's actions that are not
 * blocked: the usage of running resources, and the storage of all. A resource without a known price adds nothing to the
 * sums; `unpriced` names its type. Pure.
 */
export function costOf(input: CostInput): PlannedCost {
  const book = priceBook(input.catalog.kinds, input.snapshot, input);
  const unpriced = new Set<string>();
  const hourly = currentRates(input, book, unpriced);
  const isKnown = unpriced.size === 0;
  const context = { ...input, timetables: createTimetables() };
  const { change, raising, isChangeKnown } = plannedChanges(context, book, unpriced);
  return {
    isKnown,
    raising,
    rateOf: (kind, id) => liveRate(input, book, kind, id),
    changes: changesByResource(context, book),
    shown: book.shown(),
    cost: {
      currency: 'USD',
      unpriced: [...unpriced].toSorted(),
      known: { hourly: isKnown, change: isChangeKnown },
      hourly: {
        managed: rounded(hourly.managed, 4),
        unmanaged: rounded(hourly.unmanaged, 4),
        change: rounded(change, 4),
      },
      monthly: { change: rounded(change * hoursPerMonth, 2) },
    },
  };
}

const rounded = (amount: number, decimals: number): number =>
  Math.round(amount * 10 ** decimals) / 10 ** decimals;

/** The hourly rates of the live resources in USD: the sum of the declared ones, and of all others. */
function currentRates(
  { catalog, snapshot, plan }: CostInput,
  book: PriceBook,
  unpriced: Set<string>,
): { readonly managed: number; readonly unmanaged: number } {
  const managed = managedIds(plan);
  const hourly = { managed: 0, unmanaged: 0 };
  for (const [kind, { items }] of snapshot) {
    const priced = catalog.kinds.get(kind);
    if (!priced || !book.counts(priced)) continue;
    for (const live of items) {
      const runs = powerOf(priced.power, live) !== 'off';
      const rate = book.rateOf(priced, { spec: live.spec, live, runs });
      if (rate === undefined) unpriced.add(typeOf(priced, live.spec));
      hourly[managed.get(kind)?.has(live.id) ? 'managed' : 'unmanaged'] += rate ?? 0;
    }
  }
  return hourly;
}

function liveRate(
  { catalog, snapshot }: CostInput,
  book: PriceBook,
  kindName: string,
  id: string,
): number | null | undefined {
  const kind = catalog.kinds.get(kindName);
  const live = snapshot.get(kindName)?.byId.get(id);
  if (!kind || !live || !book.counts(kind)) return undefined;
  const rate = book.rateOf(kind, {
    spec: live.spec,
    live,
    runs: powerOf(kind.power, live) !== 'off',
  });
  return rate === undefined ? null : rounded(rate, 4);
}

function changesByResource(
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

/** The name of a price for people: the machine type. */
const typeOf = ({ name, pricing }: ResourceKind, spec: Spec): string =>
  pricing?.usageOf(spec) ?? name;

/** The ids of declared live resources, by kind. */
function managedIds({ assessments }: Plan): ReadonlyMap<string, ReadonlySet<string>> {
  const managed = new Map<string, Set<string>>();
  for (const { kind, id, status } of assessments) {
    if (id === undefined || status === 'unmanaged' || status === 'orphaned') continue;
    const ids = managed.get(kind) ?? new Set();
    managed.set(kind, ids.add(id));
  }
  return managed;
}

function plannedChanges(
  input: CostContext,
  book: PriceBook,
  unpriced: Set<string>,
): Pick<PlannedCost, 'raising'> & { readonly change: number; readonly isChangeKnown: boolean } {
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
  { desired, now, timetables }: CostContext,
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
          wantedPower(kind.power, declared, { now, timetables }),
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
