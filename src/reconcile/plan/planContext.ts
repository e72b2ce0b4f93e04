import type { Catalog } from '../../model/kind/kind.ts';
import {
  listKey,
  type Action,
  type FieldChange,
  type ListRequest,
  type Status,
} from '../../model/pass/plan.ts';
import {
  addressOf,
  type Address,
  type Desired,
  type Observed,
  type Reference,
} from '../../model/resource.ts';
import type { Listing, Snapshot } from '../../model/pass/snapshot.ts';
import type { PlannedMemory } from '../../model/memory.ts';
import { similarityKey } from '../../model/text/similarNames.ts';
import { createTimetables } from '../../model/time/timetable.ts';
import { fieldsOf, isReference, isRelation } from '../compare/spec.ts';
import type { Written } from '../compare/writeOnly.ts';
import { kindOf } from '../kindOf.ts';
import { listingOf } from '../observe/listingOf.ts';
import type { MatchedResource, Matches } from './matching/matchAll.ts';
import type { PlanInput } from './planInput.ts';
import type { Instant } from './power/power.ts';

/** The plan for one resource: its actions, and its status for the report. */
export interface ResourcePlan {
  readonly status: Status;
  readonly id?: string;
  readonly changes: readonly FieldChange[];
  readonly unverifiable: readonly string[];
  readonly reason?: string;
  readonly actions: readonly Action[];
  /** Fields whose obligation has ended. */
  readonly obligationOver?: readonly string[];
}

/** The shared empty list: most resources of a large team have no changes. */
export const nothing: readonly never[] = [];

/** A relation of `owner` that a member's own create call can carry. */
export interface CarriedRelation {
  readonly field: string;
  readonly owner: Address;
}

/** The input of a plan with the indexes over it. Nothing in it depends on the fate of a resource. */
export interface PlanContext extends Instant {
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
  readonly memory: PlannedMemory;
  /** Milliseconds for which lists may be stale. */
  readonly visibility: number;
  readonly written: Written;
  /** All declared resources, in the order of the YAML. */
  readonly resources: readonly Desired[];
  readonly matches: Matches;
  /** The relations that list this resource and that its create call can carry. */
  readonly carriedBy: (address: Address) => readonly CarriedRelation[];
  /** The name of a live resource; its id where the name is unknown or not unique. */
  readonly nameOf: (kind: string, id: string) => string;
  /** The listing of a kind; undefined if it was not read, and then it is noted in `requiredLists`. */
  readonly listed: (kind: string) => Listing | undefined;
  /** The members of a relation with a list of its own; undefined if they were not read, and then they are noted. */
  readonly membersOf: (kind: string, id: string, relation: string) => Listing | undefined;
  /** The live resource whose exclusive relation lists this member. */
  readonly heldBy: (kind: string, relation: string, memberId: string) => Observed | undefined;
  /** The undeclared live resources of a kind whose names differ from `name` only in ways that people overlook. */
  readonly similarlyNamed: (kind: string, name: string) => readonly Observed[];
  /** The declared resource that a live id belongs to. */
  readonly ownerOf: (kind: string, id: string) => Address | undefined;
  /** The lists that the plan missed so far, by key. */
  readonly requiredLists: ReadonlyMap<string, ListRequest>;
}

/** Indexes the input of a plan. Each index is built when it is first used. */
export function createPlanContext(input: PlanInput, matches: Matches): PlanContext {
  const { catalog, snapshot, memory, now, visibility, written, desired } = input;
  const requiredLists = new Map<string, ListRequest>();
  const require = (need: ListRequest): void => void requiredLists.set(listKey(need), need);
  const owners = lazy(() => ownerIndex(matches.byAddress.values()));
  const carried = lazy(() => carriedIndex(input));
  const holders = new Map<string, ReadonlyMap<string, Observed>>();
  const similar = new Map<string, ReadonlyMap<string, readonly Observed[]>>();
  return {
    catalog,
    snapshot,
    memory,
    now,
    timetables: createTimetables(),
    wakes: memory.wakes,
    visibility,
    written,
    resources: desired.resources,
    matches,
    requiredLists,
    carriedBy: (address) => carried().get(address) ?? [],
    nameOf: (kind, id) => nameOf(snapshot, kind, id),
    similarlyNamed(kind, name) {
      const index = similar.get(kind) ?? similarIndex(snapshot, kind);
      similar.set(kind, index);
      return (index.get(similarityKey(name)) ?? []).filter(
        (live) => live.name !== name && owners().get(live) === undefined,
      );
    },
    ownerOf(kind, id) {
      const live = snapshot.get(kind)?.byId.get(id);
      return live && owners().get(live);
    },
    listed(kind) {
      const listing = snapshot.get(kind);
      if (!listing) require({ list: 'lookup', kind });
      return listing;
    },
    membersOf(kind, id, relation) {
      const need = { list: 'members', kind, id, relation } as const;
      const listing = snapshot.get(listKey(need));
      if (!listing) require(need);
      return listing;
    },
    heldBy(kind, relation, memberId) {
      const key = `${kind}.${relation}`;
      const index = holders.get(key) ?? holderIndex(snapshot, kind, relation);
      holders.set(key, index);
      return index.get(memberId);
    },
  };
}

/** A value that is computed when it is first used. */
function lazy<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The declared address of each live resource that was found. */
function ownerIndex(matches: Iterable<MatchedResource>): ReadonlyMap<Observed, Address> {
  const owners = new Map<Observed, Address>();
  for (const { desired, found } of matches)
    if (found.is === 'found') owners.set(found.live, desired.address);
  return owners;
}

/** The live resource that lists each member of a relation. */
function holderIndex(
  snapshot: Snapshot,
  kind: string,
  relation: string,
): ReadonlyMap<string, Observed> {
  const holders = new Map<string, Observed>();
  for (const live of listingOf(snapshot, kind).items)
    for (const id of memberIdsIn(live.spec[relation])) holders.set(id, live);
  return holders;
}

const similarIndex = (snapshot: Snapshot, kind: string): ReadonlyMap<string, readonly Observed[]> =>
  Map.groupBy(listingOf(snapshot, kind).items, ({ name }) => similarityKey(name));

/** The ids in an observed relation, which is a list, one id, or null. */
const memberIdsIn = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : ((value ?? []) as readonly string[]);

function nameOf(snapshot: Snapshot, kind: string, id: string): string {
  const listing = snapshot.get(kind);
  const name = listing?.byId.get(id)?.name;
  if (name === undefined) return id;
  return listing?.complete && listing.named(name).length === 1 ? name : id;
}

/** The relations that a member's own create can carry, by member. */
function carriedIndex({
  catalog,
  desired,
}: PlanInput): ReadonlyMap<Address, readonly CarriedRelation[]> {
  const carried = new Map<Address, CarriedRelation[]>();
  for (const { address: owner, kind, spec } of desired.resources) {
    const { relations, schema } = kindOf(catalog.kinds, kind);
    if (!relations) continue;
    for (const { path, schema: field, value } of fieldsOf(schema, spec)) {
      const inField = relations[path]?.setByMemberCreate;
      if (inField === undefined || !isRelation(field) || !Array.isArray(value)) continue;
      for (const member of value.filter((item): item is Reference => isReference(item)))
        if (member.by === 'declared') {
          const address = addressOf(member.kind, member.name);
          carried.set(address, [...(carried.get(address) ?? []), { field: inField, owner }]);
        }
    }
  }
  return carried;
}

/** Several reasons as one sentence; undefined for none. */
export const asReason = (reasons: readonly string[]): string | undefined =>
  reasons.length === 0 ? undefined : [...new Set(reasons)].join('; ');
