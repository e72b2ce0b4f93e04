import type { Address, Desired, Observed } from '../model/resource.ts';
import type { Binding } from '../model/store.ts';
import { claims, match, type Match } from './match.ts';
import type { PlanInput } from './plan.ts';
import { listingOf, type Draft } from './planning.ts';

/** A declared resource on its way through planning. */
export interface Entry {
  readonly desired: Desired;
  readonly binding: Binding | undefined;
  readonly found: Match;
  /** What becomes of it, once that has been worked out. */
  draft: Draft | undefined;
  /** It is being worked out. */
  inWork: boolean;
}

/** The declared resources by address, and the live ones that they are, or may be. */
export interface Entries {
  readonly byAddress: ReadonlyMap<Address, Entry>;
  readonly spoken: ReadonlySet<Observed>;
}

/** Matches every declared resource, each live one to one declared one at most. */
export function matchAll(input: PlanInput): Entries {
  const { memory, desired } = input;
  const isClaimed = claims(desired.resources, memory);
  const byAddress = new Map<Address, Entry>();
  const spoken = new Set<Observed>();
  for (const one of desired.resources) {
    const listing = listingOf(input, one.kind);
    const binding = memory.bindings.get(one.address);
    const found = onceOnly(match(one, binding, listing, memory, isClaimed, input), spoken);
    if (found.is === 'found') spoken.add(found.live);
    byAddress.set(one.address, { desired: one, binding, found, draft: undefined, inWork: false });
  }
  speakForAmbiguous(byAddress.values(), input, spoken);
  return { byAddress, spoken };
}

/** By its former name a live resource may be wanted twice. */
const onceOnly = (found: Match, spoken: ReadonlySet<Observed>): Match =>
  found.is === 'found' && spoken.has(found.live)
    ? { is: 'ambiguous', ids: [found.live.id] }
    : found;

function speakForAmbiguous(
  entries: Iterable<Entry>,
  input: PlanInput,
  spoken: Set<Observed>,
): void {
  for (const { desired, found } of entries) {
    if (found.is !== 'ambiguous') continue;
    for (const id of found.ids) {
      const live = listingOf(input, desired.kind).byId.get(id);
      if (live) spoken.add(live);
    }
  }
}
