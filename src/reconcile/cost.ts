import type { Plan } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { Address, Desired, Observed } from '../model/resource.ts';
import { addressOf } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { listingOf } from './planning.ts';
import { wantedPower } from './power.ts';
import type { Catalog } from '../model/kind.ts';

/** What cost is reckoned from. `prices`: USD an hour by machine type, where the live fleet does not show it. */
export interface CostInput {
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly plan: Plan;
  readonly prices: Readonly<Record<string, number>>;
  readonly now: () => Date;
}

/**
 * The hourly rate of what runs, declared and not, and what the plan adds to it: the usage rate of machines that are not off, and the
 * storage rate of all. A type that no live machine and no price shows counts as nothing.
 */
export function costOf(input: CostInput): Report['cost'] {
  const managed = managedIds(input.plan);
  const { change, unpriced } = changeOf(input);
  const hourly = { managed: 0, unmanaged: 0 };
  for (const [kind, listing] of input.snapshot)
    for (const live of listing.items)
      hourly[managed.get(kind)?.has(live.id) ? 'managed' : 'unmanaged'] += rateOf(live);
  return {
    currency: 'USD',
    unpriced,
    hourly: {
      managed: cents(hourly.managed),
      unmanaged: cents(hourly.unmanaged),
      change: cents(change),
    },
  };
}

/** The live ids that are declared, by kind. */
function managedIds({ assessments }: Plan): ReadonlyMap<string, ReadonlySet<string>> {
  const managed = new Map<string, Set<string>>();
  for (const { kind, id, status } of assessments) {
    if (id === undefined || status === 'unmanaged' || status === 'orphaned') continue;
    const ids = managed.get(kind) ?? new Set();
    managed.set(kind, ids.add(id));
  }
  return managed;
}

const rateOf = (live: Observed): number =>
  (live.spec['state'] === 'off' ? 0 : rate(live, 'usageRate')) + rate(live, 'storageRate');

const rate = ({ facts }: Observed, name: string): number => Number(facts?.[name] ?? 0) || 0;

const cents = (amount: number): number => Math.round(amount * 10_000) / 10_000;

function changeOf(input: CostInput): { readonly change: number; readonly unpriced: string[] } {
  const unpriced = new Set<string>();
  let rates: ReadonlyMap<string, number> | undefined;
  let change = 0;
  for (const { verb, kind, name, resourceId, held } of input.plan.actions) {
    if (held !== undefined) continue;
    const live =
      resourceId === undefined ? undefined : input.snapshot.get(kind)?.byId.get(resourceId);
    const type = verb === 'create' ? startedType(addressOf(kind, name), input) : undefined;
    if (type !== undefined) {
      const usage = (rates ??= usageRates(input)).get(type.toLowerCase());
      if (usage === undefined) unpriced.add(type);
      change += usage ?? 0;
    }
    if (verb === 'start' && live) change += rate(live, 'usageRate');
    if (verb === 'stop' && live) change -= rate(live, 'usageRate');
    if (verb === 'delete' && live) change -= rateOf(live);
  }
  return { change, unpriced: [...unpriced].toSorted() };
}

/** The machine type that a create will set running; undefined when it will be off, or is no machine. */
function startedType(address: Address, { catalog, desired, now }: CostInput): string | undefined {
  const created = desired.get(address);
  const power = created && catalog.kinds.get(created.kind)?.power;
  if (!power || wantedPower(power, created, now) === 'off') return undefined;
  return String(created.spec['machineType']);
}

function usageRates({ snapshot, prices }: CostInput): ReadonlyMap<string, number> {
  const rates = new Map(
    Object.entries(prices).map(([type, price]) => [type.toLowerCase(), price] as const),
  );
  for (const live of listingOf(snapshot, 'machines').items)
    rates.set(String(live.spec['machineType']).toLowerCase(), rate(live, 'usageRate'));
  return rates;
}
