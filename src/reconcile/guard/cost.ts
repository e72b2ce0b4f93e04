import type { RateGroup } from '../../model/money/ledger.ts';
import type { Report } from '../../model/pass/report.ts';
import type { Address } from '../../model/resource.ts';
import { hoursPerMonth } from '../../model/text/money.ts';
import { createTimetables } from '../../model/time/timetable.ts';
import { rounded, type CostInput } from './costInput.ts';
import { currentRates, liveRate } from './currentRates.ts';
import { changesByResource, plannedChanges, type PlannedChanges } from './plannedChanges.ts';
import { priceBook } from './prices.ts';

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
  /** Whether the cost of a kind is counted. */
  readonly counts: (kind: string) => boolean;
  /** What the live resources cost before the plan. */
  readonly rates: readonly RateGroup[];
}

/**
 * Computes the hourly rate of all live resources, declared or not, and its change by the plan's actions that are not
 * blocked: the usage of running resources, and the storage of all. A resource without a known price adds nothing to the
 * sums; `unpriced` names its type. Pure.
 */
export function costOf(input: CostInput): PlannedCost {
  const book = priceBook(input.catalog.kinds, input.snapshot, input);
  const now = currentRates(input, book);
  const unpriced = new Set(now.unpriced);
  const isKnown = unpriced.size === 0;
  const context = { ...input, timetables: createTimetables() };
  const { change, raising, isChangeKnown } = plannedChanges(context, book, unpriced);
  return {
    isKnown,
    raising,
    rateOf: (kind, id) => liveRate(input, book, kind, id),
    changes: changesByResource(context, book),
    shown: book.shown(),
    counts: (name) => {
      const kind = input.catalog.kinds.get(name);
      return kind !== undefined && book.counts(kind);
    },
    rates: now.groups,
    cost: {
      currency: 'USD',
      unpriced: [...unpriced].toSorted(),
      known: { hourly: isKnown, change: isChangeKnown },
      hourly: {
        managed: rounded(now.managed, 4),
        unmanaged: rounded(now.unmanaged, 4),
        change: rounded(change, 4),
      },
      monthly: { change: rounded(change * hoursPerMonth, 2) },
    },
  };
}
