import type { Address, Desired, Observed } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Binding } from '../../model/store.ts';
import { kindOf } from '../kindOf.ts';
import { claims, match, type Match } from './match.ts';
import type { PlanInput } from './plan.ts';
import { listingOf, type Draft } from './planContext.ts';
import { fieldsOf, isReference } from '../compare/spec.ts';

/** A declared resource on its way through planning. */
export interface Entry {
  readonly desired: Desired;
  readonly binding: Binding | undefined;
  found: Match;
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
  const times = new Map<string, ReturnType<typeof timeFor>>();
  for (const one of desired.resources) {
    const listing = listingOf(input.snapshot, one.kind);
    const binding = memory.bindings.get(one.address);
    const time = times.get(one.kind) ?? timeFor(one.kind, input);
    times.set(one.kind, time);
    const found = onceOnly(match(one, binding, listing, memory, isClaimed, time), spoken);
    if (found.is === 'found') spoken.add(found.live);
    byAddress.set(one.address, { desired: one, binding, found, draft: undefined, inWork: false });
  }
  adoptNameless(byAddress, input, isClaimed, spoken);
  for (const { found } of byAddress.values())
    if (found.is === 'ambiguous') for (const live of found.among) spoken.add(live);
  return { byAddress, spoken };
}

/** What matching resources of a kind needs to know of time, and whether lists alone tell of them. */
function timeFor(name: string, { catalog, now, visibility }: PlanInput) {
  const { adopt, get } = kindOf(catalog.kinds, name);
  return { now, visibility, isListedOnly: adopt !== undefined && get === undefined };
}

/**
 * What bears no name of its own and is not bound, or to another one than its spec names, is looked for by what its spec says: those that
 * name one choose first, then those that say most, so that nobody takes what another one names.
 */
function adoptNameless(
  byAddress: ReadonlyMap<Address, Entry>,
  input: PlanInput,
  isClaimed: (kind: string, live: Observed) => boolean,
  spoken: Set<Observed>,
): void {
  const idOf = (reference: unknown): string | undefined => {
    if (!isReference(reference)) return undefined;
    if (reference.by === 'id') return reference.id;
    if (reference.by === 'live') return liveId(input, reference.kind, reference.name);
    const found = byAddress.get(addressOf(reference.kind, reference.name))?.found;
    return found?.is === 'found' ? found.live.id : undefined;
  };
  const said = (entry: Entry): number =>
    Object.keys(entry.desired.spec).length + (givenTo(entry, input).length > 0 ? 100 : 0);
  const open = [...byAddress.values()].filter(
    (entry) =>
      kindOf(input.catalog.kinds, entry.desired.kind).adopt &&
      (entry.found.is === 'missing' || entry.found.is === 'awaited' || isAnother(entry, input)),
  );
  for (const entry of open.toSorted((a, b) => said(b) - said(a))) {
    const { kind, spec } = entry.desired;
    const listing = listingOf(input.snapshot, kind);
    const free = listing.items.filter((live) => !spoken.has(live) && !isClaimed(kind, live));
    const live = kindOf(input.catalog.kinds, kind).adopt?.(spec, free, idOf);
    const observed = live && listing.byId.get(live.id);
    if (!observed) continue;
    if (entry.found.is === 'found') spoken.delete(entry.found.live);
    spoken.add(observed);
    entry.found = { is: 'found', live: observed, new: true };
  }
}

/** The declared fields that the API gives: they say which one is meant. */
const givenTo = ({ desired: { kind, spec } }: Entry, { catalog }: PlanInput) =>
  fieldsOf(kindOf(catalog.kinds, kind).schema, spec).filter(({ schema }) => schema.given);

/** Whether what was found is not the one that the spec names. */
function isAnother(entry: Entry, input: PlanInput): boolean {
  const { found } = entry;
  return (
    found.is === 'found' &&
    givenTo(entry, input).some(({ path, value }) => found.live.spec[path] !== value)
  );
}

/** The one live resource that bears a name. */
function liveId({ snapshot }: PlanInput, kind: string, name: string): string | undefined {
  const listing = snapshot.get(kind);
  const [live, ...more] = (listing?.complete && listing.byName.get(name)) || [];
  return more.length === 0 ? live?.id : undefined;
}

/** By its former name a live resource may be wanted twice. */
const onceOnly = (found: Match, spoken: ReadonlySet<Observed>): Match =>
  found.is === 'found' && spoken.has(found.live) ? { is: 'ambiguous', among: [found.live] } : found;
