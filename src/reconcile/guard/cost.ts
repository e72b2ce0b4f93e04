import type { Plan } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import type { Address } from '../../model/resource.ts';
import { hoursPerMonth } from '../../model/text/money.ts';
import { createTimetables } from '../../model/time/timetable.ts';
import { powerOf } from '../plan/power/power.ts';
import { rounded, typeOf, type CostInput } from './costInput.ts';
import { changesByResource, plannedChanges, type PlannedChanges } from './plannedChanges.ts';
import { priceBook, type PriceBook } from './prices.ts';

/** The cost of a team and of a plan, as the limits see it. */
export interface LimitedCost extends Pick<PlannedChanges, 'raising'> {
  readonly cost: Report['cost'];
  /** Whether the rate of every live resource is known. */
  readonly isKnown: boolean;
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
