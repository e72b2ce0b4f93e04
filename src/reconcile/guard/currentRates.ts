import type { RateGroup } from '../../model/money/ledger.ts';
import { addressOf } from '../../model/resource.ts';
import type { Labels } from '../../model/selection/labels.ts';
import { powerOf } from '../plan/power/power.ts';
import { rounded, typeOf, type CostInput } from './costInput.ts';
import type { PriceBook } from './prices.ts';

/** What the live resources cost in USD/h. */
export interface CurrentRates {
  readonly managed: number;
  readonly unmanaged: number;
  /** The machine types whose rate is not known. */
  readonly unpriced: ReadonlySet<string>;
  readonly groups: readonly RateGroup[];
}

/** Computes the rates of the live resources: the sums of the declared ones and of all others, and by group. */
export function currentRates(input: CostInput, book: PriceBook): CurrentRates {
  const { catalog, snapshot } = input;
  const managed = managedIn(input);
  const sums = { managed: 0, unmanaged: 0 };
  const unpriced = new Set<string>();
  const groups = new Map<string, { -readonly [Key in keyof RateGroup]: RateGroup[Key] }>();
  for (const [kind, { items }] of snapshot) {
    const priced = catalog.kinds.get(kind);
    if (!priced || !book.counts(priced)) continue;
    for (const live of items) {
      const runs = powerOf(priced.power, live) !== 'off';
      const rate = book.rateOf(priced, { spec: live.spec, live, runs });
      if (rate === undefined) unpriced.add(typeOf(priced, live.spec));
      const own = managed.get(kind)?.get(live.id);
      sums[own ? 'managed' : 'unmanaged'] += rate ?? 0;
      const type = priced.pricing?.usageOf(live.spec) ?? '';
      const labels = own?.labels ?? noLabels;
      const key = `${kind} ${type} ${labels === noLabels ? '' : JSON.stringify(labels)}`;
      const group = groups.get(key) ?? { kind, type, labels, hourly: 0, unknown: 0 };
      group.hourly += rate ?? 0;
      group.unknown += rate === undefined ? 1 : 0;
      groups.set(key, group);
    }
  }
  return { ...sums, unpriced, groups: [...groups.values()] };
}

const noLabels: Labels = {};

interface Managed {
  readonly labels?: Labels | undefined;
}

/** The declared live resources by kind and id. */
function managedIn({
  plan,
  desired,
}: CostInput): ReadonlyMap<string, ReadonlyMap<string, Managed>> {
  const managed = new Map<string, Map<string, Managed>>();
  for (const { kind, name, id, status } of plan.assessments) {
    if (id === undefined || status === 'unmanaged' || status === 'orphaned') continue;
    const ofKind = managed.get(kind) ?? new Map<string, Managed>();
    managed.set(kind, ofKind.set(id, desired.get(addressOf(kind, name)) ?? unlabelled));
  }
  return managed;
}

const unlabelled: Managed = {};

/** The rate of a live resource in USD/h; null: unknown; undefined: its kind has no cost that is counted. */
export function liveRate(
  { catalog, snapshot }: CostInput,
  book: PriceBook,
  kindName: string,
  id: string,
): number | null | undefined {
  const kind = catalog.kinds.get(kindName);
  const live = snapshot.get(kindName)?.byId.get(id);
  if (!kind || !live || !book.counts(kind)) return undefined;
  const runs = powerOf(kind.power, live) !== 'off';
  const rate = book.rateOf(kind, { spec: live.spec, live, runs });
  return rate === undefined ? null : rounded(rate, 4);
}
