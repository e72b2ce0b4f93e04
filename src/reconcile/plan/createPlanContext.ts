import { nearlySame } from '../../model/text/similarNames.ts';
import { listKey, type Need } from '../../model/pass/plan.ts';
import type { Address, Observed, Reference } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Entries, Entry } from './matchAll.ts';
import type { PlanInput } from './plan.ts';
import { planCreate } from './planCreate.ts';
import { planExisting } from './planExisting.ts';
import { willBeReplaced } from './planReplacement.ts';
import { kindOf } from '../kindOf.ts';
import { listingOf, type Carried, type Draft, type Planning } from './planContext.ts';
import { resolver } from './resolve.ts';
import { fieldsOf, isReference, isRelation } from '../compare/spec.ts';

/**
 * What the steps of planning share, over the matched resources. `draftFor` works out what becomes of one, and of what it depends
 * on, each once; `needs` collects the lookups that were missed meanwhile.
 */
export function createPlanning(
  input: PlanInput,
  { byAddress }: Entries,
): {
  readonly planning: Planning;
  readonly draftFor: (entry: Entry) => Draft;
  readonly needs: ReadonlyMap<string, Need>;
} {
  const needs = new Map<string, Need>();
  const want = (need: Need): void => void needs.set(listKey(need), need);
  const owners = once(() => ownerIndex(byAddress.values()));
  const carried = once(() => carriedIndex(input));
  const holders = new Map<string, ReadonlyMap<string, Observed>>();
  const almost = new Map<string, ReadonlyMap<string, readonly Observed[]>>();
  const draftFor = (entry: Entry): Draft => {
    if (entry.draft) return entry.draft;
    entry.inWork = true;
    entry.draft = work(entry, planning);
    entry.inWork = false;
    return entry.draft;
  };
  const draftOf = (address: Address): Draft | undefined => {
    const entry = byAddress.get(address);
    return entry && !entry.inWork ? draftFor(entry) : undefined;
  };
  const resolve = resolver(
    input.catalog,
    input.snapshot,
    (address) => byAddress.get(address)?.found,
    (address) => {
      const draft = draftOf(address);
      return (
        !draft || draft.actions.some(({ verb, held }) => verb === 'create' && held === undefined)
      );
    },
    (address) => planning.isReplaced(address),
  );
  const noteNeed = (reference: Reference): ReturnType<typeof resolve> => {
    const resolution = resolve(reference);
    if (resolution.is === 'unlisted') want({ list: 'lookup', kind: resolution.kind });
    return resolution;
  };
  const name = (kind: string, id: string): string => nameOf(input.snapshot, kind, id);
  const planning: Planning = {
    ...input,
    declared: () => input.desired.resources,
    desiredAt: (address) => byAddress.get(address)?.desired,
    isThere: (address) => byAddress.get(address)?.found.is === 'found',
    isReplaced: replacedBy(byAddress, (entry, live) =>
      willBeReplaced(entry.desired, live, planning),
    ),
    draftOf,
    resolve: noteNeed,
    carriedBy: (address) => carried().get(address) ?? [],
    nameOf: name,
    namedAlmost(kind, wanted) {
      const index = almost.get(kind) ?? almostIndex(input.snapshot, kind);
      almost.set(kind, index);
      return (index.get(nearlySame(wanted)) ?? []).filter(
        (live) => live.name !== wanted && owners().get(live) === undefined,
      );
    },
    ownerOf(kind, id) {
      const live = input.snapshot.get(kind)?.byId.get(id);
      return live && owners().get(live);
    },
    comparing: {
      resolve: noteNeed,
      nameOf: name,
      isNameless: (kind) => kindOf(input.catalog.kinds, kind).adopt !== undefined,
      hasFixedName: (kind) => kindOf(input.catalog.kinds, kind).names?.fixed === true,
      isWritten: ({ address }, live, path) =>
        byAddress.get(address)?.binding?.id === live.id
          ? input.written.is(address, path)
          : undefined,
      unreadable: ({ address }, path) => input.written.unreadable(address, path),
    },
    listed(kind) {
      const listing = input.snapshot.get(kind);
      if (!listing) want({ list: 'lookup', kind });
      return listing;
    },
    membersOf(kind, id, relation) {
      const need = { list: 'members', kind, id, relation } as const;
      const listing = input.snapshot.get(listKey(need));
      if (!listing) want(need);
      return listing;
    },
    heldBy(kind, relation, memberId) {
      const key = `${kind}.${relation}`;
      const index = holders.get(key) ?? holderIndex(input.snapshot, kind, relation);
      holders.set(key, index);
      return index.get(memberId);
    },
  };
  return { planning, draftFor, needs };
}

/** A value that is worked out when it is first asked for. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Whether a resource is replaced, worked out once each; what is asked about itself meanwhile is not. */
function replacedBy(
  byAddress: Entries['byAddress'],
  decide: (entry: Entry, live: Observed) => boolean,
): (address: Address) => boolean {
  const known = new Map<Address, boolean>();
  return (address) => {
    const entry = byAddress.get(address);
    if (entry?.desired.lifecycle.onImmutableChange !== 'replace' || entry.found.is !== 'found')
      return false;
    const before = known.get(address);
    if (before !== undefined) return before;
    known.set(address, false);
    const replaced = decide(entry, entry.found.live);
    known.set(address, replaced);
    return replaced;
  };
}

/** Which declared resource a live one is. */
function ownerIndex(entries: Iterable<Entry>): ReadonlyMap<Observed, Address> {
  const owners = new Map<Observed, Address>();
  for (const { desired, found } of entries)
    if (found.is === 'found') owners.set(found.live, desired.address);
  return owners;
}

/** Which live resource's relation lists a member. */
function holderIndex(
  snapshot: Snapshot,
  kind: string,
  relation: string,
): ReadonlyMap<string, Observed> {
  const holders = new Map<string, Observed>();
  for (const live of listingOf(snapshot, kind).items)
    for (const id of membersIn(live.spec[relation])) holders.set(id, live);
  return holders;
}

const almostIndex = (snapshot: Snapshot, kind: string): ReadonlyMap<string, readonly Observed[]> =>
  Map.groupBy(listingOf(snapshot, kind).items, ({ name }) => nearlySame(name));

/** The ids in an observed relation: a list, one, or none. */
const membersIn = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : ((value ?? []) as readonly string[]);

function nameOf(snapshot: Snapshot, kind: string, id: string): string {
  const listing = snapshot.get(kind);
  const name = listing?.byId.get(id)?.name;
  if (name === undefined) return id;
  return listing?.complete && listing.byName.get(name)?.length === 1 ? name : id;
}

/** What becomes of one resource, by what was found of it. */
function work({ desired, found }: Entry, planning: Planning): Draft {
  const still = { changes: [], unverifiable: [], actions: [] };
  switch (found.is) {
    case 'found':
      return planExisting(desired, found.live, planning);
    case 'missing':
      return planCreate(desired, planning);
    case 'expected':
      return { ...still, id: found.id, status: 'pending', reason: 'created, and not yet listed' };
    case 'late':
      return {
        ...still,
        id: found.id,
        status: 'pending',
        reason: `lists have left out ${found.id} since ${found.since}; it may still be there`,
      };
    case 'awaited':
      return {
        ...still,
        status: 'pending',
        reason: `a create was sent at ${found.since} and its answer was lost; it may still appear`,
      };
    case 'ambiguous':
      return {
        ...still,
        status: 'ambiguous',
        reason: `several resources answer to this name (${found.among.map(({ id }) => id).join(', ')}); rename or delete all but one`,
      };
    case 'unseen':
      return {
        ...still,
        status: 'blocked',
        reason: `${desired.kind} could not be listed to the end: ${found.error}`,
      };
  }
}

/** Which relations a member's own create can carry, by member. */
function carriedIndex({ catalog, desired }: PlanInput): ReadonlyMap<Address, readonly Carried[]> {
  const carried = new Map<Address, Carried[]>();
  for (const { address: owner, kind, spec } of desired.resources) {
    const { relations, schema } = kindOf(catalog.kinds, kind);
    if (!relations) continue;
    for (const { path, schema: field, value } of fieldsOf(schema, spec)) {
      const inField = relations[path]?.carriedBy;
      if (inField === undefined || !isRelation(field) || !Array.isArray(value)) continue;
      for (const member of value.filter((one): one is Reference => isReference(one)))
        if (member.by === 'declared') {
          const address = addressOf(member.kind, member.name);
          carried.set(address, [...(carried.get(address) ?? []), { field: inField, owner }]);
        }
    }
  }
  return carried;
}
