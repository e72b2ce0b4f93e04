import type { Kinds, Pricing, ResourceKind } from '../../model/kind.ts';
import type { Observed, Spec } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';

/** A resource as far as its price goes. */
interface Priced {
  readonly spec: Spec;
  /** What the API shows of it, where it is live. */
  readonly live: Observed | undefined;
  /** Whether its usage is charged. */
  readonly runs: boolean;
}

/** USD an hour; undefined where a price is not known. */
type Rate = number | undefined;

/** The prices that one observation and the settings give. */
export interface PriceBook {
  rateOf(kind: ResourceKind, priced: Priced): Rate;
  /** The rate after a change less the rate before it. A part that stays as it is needs no price. */
  changeOf(kind: ResourceKind, before: Priced | undefined, after: Priced | undefined): Rate;
}

/** What is known of the prices of one kind. */
interface KindPrices {
  /** By what is used, in lower case. */
  readonly usage: ReadonlyMap<string, number>;
  /** By gigabytes. */
  readonly storage: ReadonlyMap<number, number>;
  /** The highest rate of one gigabyte; undefined where nothing live shows one. */
  readonly gigabyte: Rate;
}

/**
 * Prices come from the live fleet, and where it does not show one from the settings, whose price of a machine type is taken to include
 * the disk as long as nothing live shows what disks cost.
 */
export function priceBook(
  kinds: Kinds,
  snapshot: Snapshot,
  prices: Readonly<Record<string, number>>,
): PriceBook {
  const known = new Map<string, KindPrices>();
  const pricesOf = (kind: ResourceKind & { readonly pricing: Pricing }): KindPrices => {
    const found = known.get(kind.name) ?? kindPrices(kind.pricing, snapshot, kind.name, prices);
    known.set(kind.name, found);
    return found;
  };
  const rateOf: PriceBook['rateOf'] = (kind, priced) => {
    if (!hasPricing(kind)) return 0;
    const own = pricesOf(kind);
    const usage = priced.runs ? usageRate(kind.pricing, priced, own) : 0;
    return sum(usage, storageRate(kind.pricing, priced, own));
  };
  return {
    rateOf,
    changeOf(kind, before, after) {
      if (!hasPricing(kind)) return 0;
      const own = pricesOf(kind);
      const { pricing } = kind;
      const usageOf = (one: Priced | undefined): Rate =>
        one?.runs ? usageRate(pricing, one, own) : 0;
      const storageOf = (one: Priced | undefined): Rate =>
        one ? storageRate(pricing, one, own) : 0;
      const sameUsage =
        before?.runs === after?.runs &&
        before &&
        after &&
        named(pricing, before) === named(pricing, after);
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

const named = (pricing: Pricing, { spec }: Priced): string => pricing.usageOf(spec).toLowerCase();

const sum = (a: Rate, b: Rate): Rate => (a === undefined || b === undefined ? undefined : a + b);
const difference = (a: Rate, b: Rate): Rate => sum(a, b === undefined ? undefined : -b);

/** What the API says of a live resource that is as it is priced; else what is known of its like. */
function usageRate(pricing: Pricing, priced: Priced, { usage }: KindPrices): Rate {
  const isUnchanged =
    priced.live && named(pricing, { ...priced, spec: priced.live.spec }) === named(pricing, priced);
  return (
    (isUnchanged ? shownRate(priced.live, 'usageRate') : undefined) ??
    usage.get(named(pricing, priced))
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

/** A rate that the API shows of a live resource. */
function shownRate(live: Observed | undefined, name: 'usageRate' | 'storageRate'): Rate {
  const rate = live?.facts?.[name];
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
