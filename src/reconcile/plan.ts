import type { Catalog } from '../model/kind.ts';
import type { Assessment, Plan } from '../model/plan.ts';
import type { Address, Desired, DesiredState, Observed, Reference } from '../model/resource.ts';
import { addressOf, partsOf } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Memory } from '../model/store.ts';
import { claims, match, type Match, type Visibility } from './match.ts';
import { holdDependants, inOrder } from './order.ts';
import { planCreate } from './planCreate.ts';
import { planExisting } from './planExisting.ts';
import { planRemovals, type Leftover } from './planRemoval.ts';
import { listingOf, type Carried, type Draft, type Planning } from './planning.ts';
import { resolver } from './resolve.ts';
import { fieldsOf, isReference, isRelation } from './spec.ts';
import type { Written } from './writeOnly.ts';

/** All that a plan is made from. */
export interface PlanInput extends Visibility {
  readonly catalog: Catalog;
  readonly desired: DesiredState;
  readonly snapshot: Snapshot;
  readonly memory: Memory;
  readonly written: Written;
  /** Kinds whose orphans are deleted. */
  readonly prune: readonly string[];
}

/**
 * What to do so that the observed becomes the desired, and what is true of each resource. Pure: the same input gives the same
 * plan, in the same order. It holds back what cannot be done; what may not be done is the guard's to say.
 */
export function plan(input: PlanInput): Plan {
  const needs = new Set<string>();
  const matches = matchAll(input);
  const planning = planningOf(input, matches, needs);
  const drafts = input.desired.resources.map((desired) => ({
    desired,
    draft: planning.draftOf(desired.address) ?? unreachable(desired.address),
  }));
  const leftover = leftoverOf(input, matches);
  const removals = planRemovals(leftover, planning);
  return {
    assessments: [
      ...drafts.map(({ desired, draft }) => assessment(desired, draft, desired.source)),
      ...removals.map((removal) => assessment(removal, removal.draft, removal.absent?.source)),
    ],
    actions: holdDependants(
      inOrder([
        ...drafts.flatMap(({ draft }) => draft.actions),
        ...removals.flatMap(({ draft }) => draft.actions),
      ]),
    ),
    complete: [...input.snapshot.values()].every(({ complete }) => complete),
    recognised: recognisedOf(input, matches),
    gone: goneOf(input, leftover, matches),
    needs: [...needs].toSorted(),
  };
}

/** Live resources to be bound: those that were not, and those whose protection changed. */
const recognisedOf = (
  { desired, memory }: PlanInput,
  matches: ReadonlyMap<Address, Match>,
): Plan['recognised'] =>
  desired.resources.flatMap(({ address, lifecycle }) => {
    const found = matches.get(address);
    const isKnown = memory.bindings.get(address)?.protected === lifecycle.preventDeletion;
    return found?.is === 'found' && (found.new || !isKnown)
      ? [{ address, id: found.live.id, protected: lifecycle.preventDeletion }]
      : [];
  });

const unreachable = (address: Address): never => {
  throw new Error(`${address} depends on itself`);
};

const assessment = (
  { kind, name }: { kind: string; name: string },
  { status, id, changes, unverifiable, reason }: Draft,
  source: Assessment['source'],
): Assessment => ({
  kind,
  name,
  status,
  changes,
  unverifiable,
  ...(id === undefined ? {} : { id }),
  ...(reason === undefined ? {} : { reason }),
  ...(source ? { source } : {}),
});

function matchAll(input: PlanInput): ReadonlyMap<Address, Match> {
  const { resources } = input.desired;
  const isClaimed = claims(resources, input.memory);
  const taken = new Set<Observed>();
  return new Map(
    resources.map((desired) => {
      const found = match(desired, listingOf(input, desired.kind), input.memory, isClaimed, input);
      return [desired.address, onceOnly(found, taken)];
    }),
  );
}

/** No live resource is two declared ones: by its former name it may be wanted twice. */
function onceOnly(found: Match, taken: Set<Observed>): Match {
  if (found.is !== 'found') return found;
  if (taken.has(found.live)) return { is: 'ambiguous', ids: [found.live.id] };
  taken.add(found.live);
  return found;
}

function planningOf(
  input: PlanInput,
  matches: ReadonlyMap<Address, Match>,
  needs: Set<string>,
): Planning {
  const desiredAt = new Map(input.desired.resources.map((one) => [one.address, one]));
  const owners = ownersOf(matches);
  const carried = carriedIndex(input);
  const holders = new Map<string, ReadonlyMap<string, Observed>>();
  const drafts = new Map<Address, Draft>();
  const inWork = new Set<Address>();
  const resolve = resolver(
    input.catalog,
    input.snapshot,
    (address) => matches.get(address),
    (address) => {
      const draft = planning.draftOf(address);
      return draft?.status === 'blocked' ? (draft.reason ?? 'it is blocked') : undefined;
    },
  );
  const planning: Planning = {
    ...input,
    desiredAt: (address) => desiredAt.get(address),
    matchOf: (address) => matches.get(address),
    draftOf(address) {
      const known = drafts.get(address);
      if (known || inWork.has(address)) return known;
      const desired = desiredAt.get(address);
      const found = matches.get(address);
      if (!desired || !found) return undefined;
      inWork.add(address);
      const draft = draftOf(desired, found, planning);
      inWork.delete(address);
      drafts.set(address, draft);
      return draft;
    },
    resolve(reference) {
      const resolution = resolve(reference);
      if (resolution.is === 'unlisted') needs.add(resolution.kind);
      return resolution;
    },
    carriedBy: (address) => carried.get(address) ?? [],
    nameOf: (kind, id) => nameOf(input.snapshot, kind, id),
    ownerOf(kind, id) {
      const live = input.snapshot.get(kind)?.byId.get(id);
      return live && owners().get(live);
    },
    comparing: {
      resolve: (reference) => planning.resolve(reference),
      nameOf: (kind, id) => planning.nameOf(kind, id),
      isWritten: ({ address }, live, path) =>
        input.memory.bindings.get(address)?.id === live.id
          ? input.written.is(address, path)
          : undefined,
      unreadable: ({ address }, path) => input.written.unreadable(address, path),
    },
    heldBy(kind, relation, memberId) {
      const key = `${kind}.${relation}`;
      const index = holders.get(key) ?? holderIndex(input.snapshot, kind, relation);
      holders.set(key, index);
      return index.get(memberId);
    },
  };
  return planning;
}

/** Which declared resource a live one is; worked out when first asked. */
function ownersOf(matches: ReadonlyMap<Address, Match>): () => ReadonlyMap<Observed, Address> {
  let owners: ReadonlyMap<Observed, Address> | undefined;
  return () =>
    (owners ??= new Map(
      [...matches].flatMap(([address, found]) =>
        found.is === 'found' ? [[found.live, address] as const] : [],
      ),
    ));
}

const holderIndex = (
  snapshot: Snapshot,
  kind: string,
  relation: string,
): ReadonlyMap<string, Observed> =>
  new Map(
    (snapshot.get(kind)?.items ?? []).flatMap((live) =>
      ((live.spec[relation] ?? []) as readonly string[]).map((id) => [id, live] as const),
    ),
  );

function nameOf(snapshot: Snapshot, kind: string, id: string): string {
  const listing = snapshot.get(kind);
  const name = listing?.byId.get(id)?.name;
  if (name === undefined) return id;
  return listing?.complete && listing.byName.get(name)?.length === 1 ? name : id;
}

function draftOf(desired: Desired, found: Match, planning: Planning): Draft {
  const still = { changes: [], unverifiable: [], actions: [] };
  switch (found.is) {
    case 'found':
      return planExisting(desired, found.live, planning);
    case 'missing':
      return planCreate(desired, planning);
    case 'expected':
      return { ...still, id: found.id, status: 'pending', reason: 'created, and not yet listed' };
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
        reason: `several resources answer to this name (${found.ids.join(', ')}); rename or delete all but one`,
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
    const { relations, schema } = catalog.kinds.get(kind) ?? {};
    if (!relations || !schema) continue;
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

function leftoverOf(
  { desired, memory, prune, snapshot }: PlanInput,
  matches: ReadonlyMap<Address, Match>,
): Leftover {
  const declared = new Set(desired.resources.map(({ address }) => address));
  return {
    absent: desired.absent,
    prune,
    spoken: spokenFor(snapshot, matches),
    orphans: new Map(
      [...memory.bindings].flatMap(([address, { id }]) =>
        declared.has(address) ? [] : [[`${partsOf(address).kind}/${id}`, address] as const],
      ),
    ),
  };
}

/** The live resources that declared ones are, or may be. */
function spokenFor(
  snapshot: Snapshot,
  matches: ReadonlyMap<Address, Match>,
): ReadonlySet<Observed> {
  const spoken = new Set<Observed>();
  for (const [address, found] of matches) {
    if (found.is === 'found') spoken.add(found.live);
    if (found.is !== 'ambiguous') continue;
    for (const id of found.ids) {
      const live = snapshot.get(partsOf(address).kind)?.byId.get(id);
      if (live) spoken.add(live);
    }
  }
  return spoken;
}

/** Orphans that a complete listing does not show any more. */
function goneOf(
  { snapshot, memory, now, visibility }: PlanInput,
  { orphans }: Leftover,
  matches: ReadonlyMap<Address, Match>,
): readonly Address[] {
  return [...orphans.values()].filter((address) => {
    const binding = memory.bindings.get(address);
    const listing = snapshot.get(partsOf(address).kind);
    const young = binding?.created && now.getTime() - Date.parse(binding.boundAt) < visibility;
    return (
      binding &&
      listing?.complete &&
      !listing.byId.has(binding.id) &&
      !young &&
      !matches.has(address)
    );
  });
}
