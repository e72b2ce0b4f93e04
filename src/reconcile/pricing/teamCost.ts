// Says what the live team costs, and how a plan changes that. In: the lists, the config, and the prices of the settings
// and of the store. Out: `teamCost`, once for each pass, and from it `planCost` for each plan against the same lists.
// `priceBook.ts` knows the price of one resource; src/cost and src/waste use it too.

import type { Kinds } from '../../model/kind/kind.ts';
import type { RateGroup } from '../../model/money/ledger.ts';
import type { Plan } from '../../model/pass/plan.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import { addressOf, type Address, type Desired } from '../../model/resource.ts';
import type { Labels } from '../../model/selection/labels.ts';
import { priceBook, type OtherPrices, type PriceBook } from './priceBook.ts';

/** The live team, and its prices. */
export interface TeamCostInput extends OtherPrices {
  readonly kinds: Kinds;
  readonly snapshot: Snapshot;
  readonly desired: ReadonlyMap<Address, Desired>;
  /** They tell which live resources are declared. */
  readonly assessments: Plan['assessments'];
}

/** What the live resources cost. */
export interface TeamCost {
  readonly book: PriceBook;
  /** USD/h of the declared resources, without those whose rate is not known. */
  readonly managed: number;
  /** USD/h of all others. */
  readonly unmanaged: number;
  /** The machine types whose rate is not known. */
  readonly unpriced: ReadonlySet<string>;
  readonly rates: readonly RateGroup[];
  /** The rate of a live resource in USD/h; null: unknown; undefined: its kind has no cost that is counted. */
  readonly rateOf: (kind: string, id: string) => number | null | undefined;
}

/** Computes the rates of all live resources, declared or not. Pure. */
export function teamCost(input: TeamCostInput): TeamCost {
  const { kinds, snapshot } = input;
  const book = priceBook(kinds, snapshot, input);
  const managed = managedIn(input);
  const sums = { managed: 0, unmanaged: 0 };
  const unpriced = new Set<string>();
  const groups = new Map<string, { -readonly [Key in keyof RateGroup]: RateGroup[Key] }>();
  for (const [name, { items }] of snapshot) {
    const kind = kinds.get(name);
    if (!kind || !book.counts(name)) continue;
    for (const live of items) {
      const rate = book.liveRate(kind, live);
      if (rate === undefined) unpriced.add(book.typeOf(kind, live.spec));
      const own = managed.get(name)?.get(live.id);
      sums[own ? 'managed' : 'unmanaged'] += rate ?? 0;
      const type = kind.pricing?.usageOf(live.spec) ?? '';
      const labels = own?.labels ?? noLabels;
      const key = `${name} ${type} ${labels === noLabels ? '' : JSON.stringify(labels)}`;
      const group = groups.get(key) ?? { kind: name, type, labels, hourly: 0, unknown: 0 };
      group.hourly += rate ?? 0;
      group.unknown += rate === undefined ? 1 : 0;
      groups.set(key, group);
    }
  }
  return {
    book,
    ...sums,
    unpriced,
    rates: [...groups.values()],
    rateOf(name, id) {
      const kind = kinds.get(name);
      const live = snapshot.get(name)?.byId.get(id);
      if (!kind || !live || !book.counts(name)) return undefined;
      const rate = book.liveRate(kind, live);
      return rate === undefined ? null : rounded(rate, 4);
    },
  };
}

const noLabels: Labels = {};

interface Managed {
  readonly labels?: Labels | undefined;
}

/** The declared live resources by kind and id. */
function managedIn({
  assessments,
  desired,
}: TeamCostInput): ReadonlyMap<string, ReadonlyMap<string, Managed>> {
  const managed = new Map<string, Map<string, Managed>>();
  for (const { kind, name, id, status } of assessments) {
    if (id === undefined || status === 'unmanaged' || status === 'orphaned') continue;
    const ofKind = managed.get(kind) ?? new Map<string, Managed>();
    managed.set(kind, ofKind.set(id, desired.get(addressOf(kind, name)) ?? unlabelled));
  }
  return managed;
}

const unlabelled: Managed = {};

/** Rounds an amount to a number of decimals. */
export const rounded = (amount: number, decimals: number): number =>
  Math.round(amount * 10 ** decimals) / 10 ** decimals;
