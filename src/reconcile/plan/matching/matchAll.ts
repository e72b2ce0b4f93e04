import { deletedByExpiry } from '../../../model/pass/expiry.ts';
import type { Address, Desired, Observed } from '../../../model/resource.ts';
import { addressOf } from '../../../model/resource.ts';
import type { Binding } from '../../../model/memory.ts';
import { fieldsOf, isReference } from '../../compare/spec.ts';
import { kindOf } from '../../kindOf.ts';
import { claims, match, type Match } from './match.ts';
import type { PlanInput } from '../planInput.ts';
import { listingOf } from '../../observe/listingOf.ts';

/** A declared resource, and the live one that it is, or may be. */
export interface MatchedResource {
  readonly desired: Desired;
  readonly binding: Binding | undefined;
  readonly found: Match;
}

/** The declared resources by address, in the order of the YAML, and the live ones that are, or may be, declared. */
export interface Matches {
  readonly byAddress: ReadonlyMap<Address, MatchedResource>;
  readonly claimed: ReadonlySet<Observed>;
}

/** Matches every declared resource, each live one to at most one declared one. */
export function matchAll(input: PlanInput): Matches {
  const { memory, desired } = input;
  const isBoundElsewhere = claims(desired.resources, memory);
  const byAddress = new Map<Address, MatchedResource>();
  const claimed = new Set<Observed>();
  const times = new Map<string, ReturnType<typeof timeFor>>();
  for (const resource of desired.resources) {
    const { address, kind } = resource;
    const listing = listingOf(input.snapshot, kind);
    const binding = memory.bindings.get(address);
    const time = times.get(kind) ?? timeFor(kind, input);
    times.set(kind, time);
    const found = unlessClaimed(
      match(resource, binding, listing, memory, isBoundElsewhere, time),
      claimed,
    );
    if (found.is === 'found') claimed.add(found.live);
    byAddress.set(address, { desired: resource, binding, found });
  }
  adoptNameless(byAddress, input, isBoundElsewhere, claimed);
  for (const { found } of byAddress.values())
    if (found.is === 'ambiguous') for (const live of found.among) claimed.add(live);
  return { byAddress, claimed };
}

/** The times for matching resources of a kind, and whether lists alone tell of them. */
function timeFor(name: string, { catalog, now, visibility }: PlanInput) {
  const { adopt, get } = kindOf(catalog.kinds, name);
  return { now, visibility, isListedOnly: adopt !== undefined && get === undefined };
}

/**
 * Matches resources of kinds without names by their specs, unless they are bound to the one that the spec identifies.
 * Specs that identify a live resource choose first, then those with the most fields, so that nobody takes what another
 * spec identifies.
 */
function adoptNameless(
  byAddress: Map<Address, MatchedResource>,
  input: PlanInput,
  isBoundElsewhere: (kind: string, live: Observed) => boolean,
  claimed: Set<Observed>,
): void {
  const idOf = (reference: unknown): string | undefined => {
    if (!isReference(reference)) return undefined;
    if (reference.by === 'id') return reference.id;
    if (reference.by === 'live') return liveId(input, reference.kind, reference.name);
    const found = byAddress.get(addressOf(reference.kind, reference.name))?.found;
    return found?.is === 'found' ? found.live.id : undefined;
  };
  const precision = (resource: MatchedResource): number =>
    Object.keys(resource.desired.spec).length + (givenTo(resource, input).length > 0 ? 100 : 0);
  const open = [...byAddress.values()].filter(
    (resource) =>
      kindOf(input.catalog.kinds, resource.desired.kind).adopt &&
      mayAdopt(resource, input) &&
      (resource.found.is === 'missing' ||
        resource.found.is === 'createUncertain' ||
        isAnother(resource, input)),
  );
  for (const resource of open.toSorted((a, b) => precision(b) - precision(a))) {
    const { address, kind, spec } = resource.desired;
    const listing = listingOf(input.snapshot, kind);
    const free = listing.items.filter(
      (live) => !claimed.has(live) && !isBoundElsewhere(kind, live),
    );
    const live = kindOf(input.catalog.kinds, kind).adopt?.(spec, free, idOf);
    const observed = live && listing.byId.get(live.id);
    if (!observed) continue;
    if (resource.found.is === 'found') claimed.delete(resource.found.live);
    claimed.add(observed);
    byAddress.set(address, { ...resource, found: { is: 'found', live: observed, new: true } });
  }
}

/** Whether a resource may take a free live one: one that has expired would take another in each pass, and delete it. */
const mayAdopt = (resource: MatchedResource, input: PlanInput): boolean =>
  deletedByExpiry(resource.desired, input.now) === undefined || givenTo(resource, input).length > 0;

/** The declared fields that the API assigns: they identify the live resource. */
const givenTo = ({ desired: { kind, spec } }: MatchedResource, { catalog }: PlanInput) =>
  fieldsOf(kindOf(catalog.kinds, kind).schema, spec).filter(({ schema }) => schema.serverAssigned);

/** Whether the matched live resource is not the one that the spec identifies. */
function isAnother(resource: MatchedResource, input: PlanInput): boolean {
  const { found } = resource;
  return (
    found.is === 'found' &&
    givenTo(resource, input).some(({ path, value }) => found.live.spec[path] !== value)
  );
}

/** The id of the only live resource with a name. */
function liveId({ snapshot }: PlanInput, kind: string, name: string): string | undefined {
  const listing = snapshot.get(kind);
  const [live, ...more] = listing?.complete ? listing.named(name) : [];
  return more.length === 0 ? live?.id : undefined;
}

/** A former name may match a live resource that is taken already. */
const unlessClaimed = (found: Match, claimed: ReadonlySet<Observed>): Match =>
  found.is === 'found' && claimed.has(found.live)
    ? { is: 'ambiguous', among: [found.live] }
    : found;
