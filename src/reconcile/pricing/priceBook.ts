import type { Pricing } from '../../model/kind/capabilities.ts';
import type { Kinds, ResourceKind } from '../../model/kind/kind.ts';
import { priceKey, type Memory } from '../../model/memory.ts';
import type { Observed, Spec } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import { powerOf } from '../plan/power/power.ts';

/** The state of a resource that determines its price. */
export interface PricedState {
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
  /** The rates that live resources show now, by `priceKey`. */
  shown(): ReadonlyMap<string, number>;
  /** Whether the cost of a kind is counted. */
  counts(kind: string): boolean;
  /** The name of the price of a resource, for people: its machine type, else its kind. */
  typeOf(kind: ResourceKind, spec: Spec): string;
  /**
   * The rate of a resource: usage if it runs, and storage; or its price in the settings. 0 for a kind that is not
   * counted.
   */
  rateOf(kind: ResourceKind, state: PricedState): Rate;
  /** The rate of a live resource as it is now. */
  liveRate(kind: ResourceKind, live: Observed): Rate;
  /**
   * The rate after a change minus the rate before it; undefined: it does not exist. A part that does not change needs
   * no known price.
   */
  changeOf(
    kind: ResourceKind,
    before: PricedState | undefined,
    after: PricedState | undefined,
  ): Rate;
}

/** The known prices of one kind. */
interface KindPrices {
  /** USD/h by type, in lower case. */
  readonly usage: ReadonlyMap<string, number>;
  /** USD/h by size in gigabytes. */
  readonly storage: ReadonlyMap<number, number>;
  /** The highest USD/h per gigabyte that a live resource shows, else has shown; undefined if none has. */
  readonly gigabyte: Rate;
  /** The rates that live resources show now, by `priceKey`. */
  readonly shown: ReadonlyMap<string, number>;
}

/** Where prices come from beside the live resources. */
export interface OtherPrices {
  /** `settings.prices`: USD/h by machine type, or by kind. */
  readonly prices: Readonly<Record<string, number>>;
  /** The rates that live resources have shown before. */
  readonly remembered: Memory['prices'];
}

/**
 * Makes a price book. Prices come from the live resources, else from the settings, else from what live resources have
 * shown before. A price from the settings includes the disk as long as no storage rate is known.
 */
export function priceBook(kinds: Kinds, snapshot: Snapshot, other: OtherPrices): PriceBook {
  const { prices } = other;
  const cache = new Map<string, KindPrices>();
  const pricesOf = (kind: ResourceKind & { readonly pricing: Pricing }): KindPrices => {
    const found = cache.get(kind.name) ?? kindPrices(kind.pricing, snapshot, kind.name, other);
    cache.set(kind.name, found);
    return found;
  };
  const listedRate = ({ name, listedPrice }: ResourceKind, { spec }: PricedState): number =>
    listedPrice && prices[name] !== undefined ? prices[name] * listedPrice.unitsOf(spec) : 0;
  const rateOf: PriceBook['rateOf'] = (kind, priced) => {
    if (!hasPricing(kind)) return listedRate(kind, priced);
    const known = pricesOf(kind);
    const usage = priced.runs ? usageRate(kind.pricing, priced, known) : 0;
    return sum(usage, storageRate(kind.pricing, priced, known));
  };
  return {
    shown() {
      const priced = [...kinds.values()].filter(hasPricing);
      return new Map(priced.flatMap((kind) => [...pricesOf(kind).shown]));
    },
    counts(name) {
      const kind = kinds.get(name);
      if (!kind) return false;
      return hasPricing(kind) || (kind.listedPrice !== undefined && prices[name] !== undefined);
    },
    typeOf: ({ name, pricing }, spec) => pricing?.usageOf(spec) ?? name,
    rateOf,
    liveRate: (kind, live) => rateOf(kind, liveState(kind, live)),
    changeOf(kind, before, after) {
      if (!hasPricing(kind))
        return (after ? listedRate(kind, after) : 0) - (before ? listedRate(kind, before) : 0);
      const known = pricesOf(kind);
      const { pricing } = kind;
      const usageOf = (priced: PricedState | undefined): Rate =>
        priced?.runs ? usageRate(pricing, priced, known) : 0;
      const storageOf = (priced: PricedState | undefined): Rate =>
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

/** A live resource as it is now. */
export const liveState = ({ power }: ResourceKind, live: Observed): PricedState => ({
  spec: live.spec,
  live,
  runs: powerOf(power, live) !== 'off',
});

const hasPricing = (kind: ResourceKind): kind is ResourceKind & { readonly pricing: Pricing } =>
  kind.pricing !== undefined;

const usageType = (pricing: Pricing, { spec }: PricedState): string =>
  pricing.usageOf(spec).toLowerCase();

const sum = (a: Rate, b: Rate): Rate => (a === undefined || b === undefined ? undefined : a + b);
const difference = (a: Rate, b: Rate): Rate => sum(a, b === undefined ? undefined : -b);

/** The rate that the API shows of the live resource if its type is unchanged, else the known rate of the type. */
function usageRate(pricing: Pricing, priced: PricedState, { usage }: KindPrices): Rate {
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
  { spec, live }: PricedState,
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
  { prices, remembered }: OtherPrices,
): KindPrices {
  const before = rememberedPrices(kind, remembered);
  const usage = new Map([
    ...before.usage,
    ...Object.entries(prices).map(([name, rate]) => [name.toLowerCase(), rate] as const),
  ]);
  const storage = new Map(before.storage);
  const shown = new Map<string, number>();
  let gigabyte: Rate;
  for (const live of snapshot.get(kind)?.items ?? []) {
    const used = shownRate(live, 'usageRate');
    const type = pricing.usageOf(live.spec).toLowerCase();
    if (used !== undefined) {
      usage.set(type, used);
      shown.set(priceKey(kind, 'usage', type), used);
    }
    const stored = shownRate(live, 'storageRate');
    const size = pricing.storageOf(live.spec);
    if (stored === undefined || !(size > 0)) continue;
    storage.set(size, stored);
    shown.set(priceKey(kind, 'storage', size), stored);
    gigabyte = Math.max(gigabyte ?? 0, stored / size);
  }
  return { usage, storage, gigabyte: gigabyte ?? before.gigabyte, shown };
}

/** The rates of a kind that live resources have shown before. */
function rememberedPrices(kind: string, remembered: Memory['prices']): Omit<KindPrices, 'shown'> {
  const usage = new Map<string, number>();
  const storage = new Map<number, number>();
  const [ofUsage, ofStorage] = [priceKey(kind, 'usage', ''), priceKey(kind, 'storage', '')];
  let gigabyte: Rate;
  for (const [key, rate] of remembered) {
    if (key.startsWith(ofUsage)) usage.set(key.slice(ofUsage.length), rate);
    if (!key.startsWith(ofStorage)) continue;
    const size = Number(key.slice(ofStorage.length));
    storage.set(size, rate);
    gigabyte = Math.max(gigabyte ?? 0, rate / size);
  }
  return { usage, storage, gigabyte };
}
