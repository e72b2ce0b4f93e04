import { stringify } from 'yaml';
import type { Kinds, ResourceKind } from '../model/kind/kind.ts';
import type { Memory } from '../model/memory.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import { positionText, type Desired, type Observed } from '../model/resource.ts';
import { hoursPerMonth } from '../model/text/money.ts';
import type { TeamView, Unused, WasteItem, WasteReport } from '../model/money/waste.ts';
import { priceBook, type PriceBook } from '../reconcile/pricing/priceBook.ts';

/** The lists and the config in which waste is looked for. */
export interface WasteInput {
  readonly kinds: Kinds;
  readonly snapshot: Snapshot;
  readonly resources: readonly Desired[];
  readonly memory: Pick<Memory, 'bindings' | 'prices'>;
  readonly prices: Readonly<Record<string, number>>;
  readonly now: Date;
  /** In milliseconds. */
  readonly offAfter: number;
}

/** The kinds whose lists tell what is unused. */
export const wasteKinds = (kinds: Kinds): readonly string[] =>
  [...kinds.values()].filter(({ waste }) => waste).map(({ name }) => name);

/**
 * The entry point of `waste/`. In: the lists of a pass. Out: the live resources that cost money and seem unused. A list
 * that is missing or incomplete proves nothing. Pure.
 */
export function findWaste(input: WasteInput): WasteReport {
  const { kinds, snapshot, prices, memory, now, offAfter } = input;
  const book = priceBook(kinds, snapshot, { prices, remembered: memory.prices });
  const declared = declaredByAddress(input);
  const list: TeamView['list'] = (kind) => {
    const listing = snapshot.get(kind);
    return listing?.complete ? listing.items : undefined;
  };
  const items = [...kinds.values()].flatMap((kind) =>
    (list(kind.name) ?? []).flatMap((live) => {
      const own = declared.get(`${kind.name} ${live.id}`);
      const found = kind.waste?.(live, { list, declared: own?.spec, now, offAfter });
      return found ? [itemOf({ kind, live, own, book }, found)] : [];
    }),
  );
  return {
    schema: 'holdfast/waste/v1',
    items: items.toSorted((a, b) => (b.monthly ?? -1) - (a.monthly ?? -1)),
    incomplete: wasteKinds(kinds).flatMap((kind) => {
      const listing = snapshot.get(kind);
      if (listing?.complete) return [];
      return [{ kind, error: listing?.error ?? 'the pass did not read this list' }];
    }),
  };
}

/** The declared resources by kind and live id. */
const declaredByAddress = ({ resources, memory }: WasteInput): ReadonlyMap<string, Desired> =>
  new Map(
    resources.flatMap((resource) => {
      const id = memory.bindings.get(resource.address)?.id;
      return id === undefined ? [] : [[`${resource.kind} ${id}`, resource] as const];
    }),
  );

interface Subject {
  readonly kind: ResourceKind;
  readonly live: Observed;
  readonly own: Desired | undefined;
  readonly book: PriceBook;
}

function itemOf({ kind, live, own, book }: Subject, { reason, since, end }: Unused): WasteItem {
  const name = own?.name ?? live.name;
  const rate = book.counts(kind.name) ? book.liveRate(kind, live) : undefined;
  return {
    kind: kind.name,
    name,
    id: live.id,
    reason,
    since: since ?? null,
    monthly: rate === undefined ? null : Math.round(rate * hoursPerMonth * 100) / 100,
    declaredAt: own ? positionText(own.source) : null,
    ...(own?.labels ? { labels: own.labels } : {}),
    yaml: yamlOf(kind.name, name, end),
  };
}

const yamlOf = (kind: string, name: string, end: Unused['end']): string =>
  stringify(end === 'absent' ? { absent: { [kind]: [name] } } : { [kind]: { [name]: end } }, {
    lineWidth: 0,
  }).trimEnd();
