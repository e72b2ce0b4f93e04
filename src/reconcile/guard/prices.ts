import type { Pricing } from '../../model/capabilities.ts';
import type { Kinds, ResourceKind } from '../../model/kind.ts';
import type { Observed, Spec } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';

/** The properties of a resource that determine its price. */
interface Priced {
  readonly spec: Spec;
  /** The observed resource, if it is live. */
  readonly live: Observed | undefined;
  /** Whether it runs, so that its usage is charged. */
  readonly runs: boolean;
}

/** USD/h; undefined if a price is unknown. */
type Rate = number | undefined;

/** The prices known from one snapshot and the settings. */
export interface PriceBook {
  /** The rate of a resource: usage if it runs, and storage. 0 for a kind without pricing. */
  rateOf(kind: ResourceKind, priced: Priced): Rate;
  /** The rate after a change minus the rate before it. A part that does not change needs no known price. */
  changeOf(kind: ResourceKind, before: Priced | undefined, after: Priced | undefined): Rate;
}

/** The known prices of one kind. */
interface KindPrices {
  /** USD/h by type, in lower case. */
  readonly usage: ReadonlyMap<string, number>;
  /** USD/h by size in gigabytes. */
  readonly storage: ReadonlyMap<number, number>;
  /** The highest USD/h per gigabyte that a live resource shows; undefined if none does. */
  readonly gigabyte: Rate;
}

/**
 * Makes a price book. Prices come from the live resources, else from the settings (`prices`: USD/h by machine type). A
 * price from the settings includes the disk as long as no live resource shows a storage rate.
 */
export function priceBook(
  kinds: Kinds,
  snapshot: Snapshot,
  prices: Readonly<Record<string, number>>,
): PriceBook {
  const cache = new Map<string, KindPrices>();
  const pricesOf = (kind: ResourceKind & { readonly pricing: Pricing }): KindPrices => {
    const found = cache.get(kind.name) ?? kindPrices(kind.pricing, snapshot, kind.name, prices);
    cache.set(kind.name, found);
    return found;
  };
  const rateOf: PriceBook['rateOf'] = (kind, priced) => {
    if (!hasPricing(kind)) return 0;
    const known = pricesOf(kind);
    const usage = priced.runs ? usageRate(kind.pricing, priced, known) : 0;
    return sum(usage, storageRate(kind.pricing, priced, known));
  };
  return {
    rateOf,
    changeOf(kind, before, after) {
      if (!hasPricing(kind)) return 0;
      const known = pricesOf(kind);
      const { pricing } = kind;
      const usageOf = (priced: Priced | undefined): Rate =>
        priced?.runs ? usageRate(pricing, priced, known) : 0;
      const storageOf = (priced: Priced | undefined): Rate =>
        priced ? storageRate(pricing, priced, known) : 0;
      const sameUsage =
        before?.runs === after?.runs &&
        before &&
        after &&
        usageType(pricing, before) === usageType(pricing, after);
      const sameStorage =
        before && after && pricing.storageOf(before.spec) === pricing.storageOf(after.spec);
      return sum(
        sameUsage ? 0 : difference(usageOf(after), usageOf(before)),
        sameStorage ? 0 : difference(storageOf(after), storageOf(before)),
      );
    },
  };
}

const hasPricing = (kind: ResourceKind): kind is ResourceKind & { readonly pricing: Pricing } =>
  kind.pricing !== undefined;

const usageType = (pricing: Pricing, { spec }: Priced): string =>
  pricing.usageOf(spec).toLowerCase();

const sum = (a: Rate, b: Rate): Rate => (a === undefined || b === undefined ? undefined : a + b);
const difference = (a: Rate, b: Rate): Rate => sum(a, b === undefined ? undefined : -b);

/** The rate that the API shows of the live resource if its type is unchanged, else the known rate of the type. */
function usageRate(pricing: Pricing, priced: Priced, { usage }: KindPrices): Rate {
  const isUnchanged =
    priced.live &&
    usageType(pricing, { ...priced, spec: priced.live.spec }) === usageType(pricing, priced);
  return (
    (isUnchanged ? shownRate(priced.live, 'usageRate') : undefined) ??
    usage.get(usageType(pricing, priced))
  );
}

function storageRate(
  pricing: Pricing,
  { spec, live }: Priced,
  { storage, gigabyte, usage }: KindPrices,
): Rate {
  const size = pricing.storageOf(spec);
  const isUnchanged = live && pricing.storageOf(live.spec) === size;
  const shown = isUnchanged ? shownRate(live, 'storageRate') : undefined;
  if (shown !== undefined) return shown;
  if (gigabyte !== undefined) return storage.get(size) ?? size * gigabyte;
  const isIncluded = !live && usage.has(pricing.usageOf(spec).toLowerCase());
  return isIncluded ? 0 : undefined;
}

/** A rate that the API shows of a live resource; undefined if it is not a number of at least 0. */
function shownRate(live: Observed | undefined, name: 'usageRate' | 'storageRate'): Rate {
  const rate = live?.attributes?.[name];
  return typeof rate === 'number' && Number.isFinite(rate) && rate >= 0 ? rate : undefined;
}

function kindPrices(
  pricing: Pricing,
  snapshot: Snapshot,
  kind: string,
  prices: Readonly<Record<string, number>>,
): KindPrices {
  const usage = new Map(Object.entries(prices).map(([name, rate]) => [name.toLowerCase(), rate]));
  const storage = new Map<number, number>();
  let gigabyte: Rate;
  for (const live of snapshot.get(kind)?.items ?? []) {
    const used = shownRate(live, 'usageRate');
    if (used !== undefined) usage.set(pricing.usageOf(live.spec).toLowerCase(), used);
    const stored = shownRate(live, 'storageRate');
    const size = pricing.storageOf(live.spec);
    if (stored === undefined || !(size > 0)) continue;
    storage.set(size, stored);
    gigabyte = Math.max(gigabyte ?? 0, stored / size);
  }
  return { usage, storage, gigabyte };
}
