import { actionId } from '../../model/pass/plan.ts';
import type { Absent, Address, Observed } from '../../model/resource.ts';
import { addressOf, splitAddress } from '../../model/resource.ts';
import type { Listing } from '../../model/pass/snapshot.ts';
import { kindOf } from '../kindOf.ts';
import { owedBy, owedReason } from '../apply/obligations.ts';
import { owedActions, owedChanges, type Debtor } from './planOwed.ts';
import { type ResourcePlan, type PlanContext } from './planContext.ts';

/** An undeclared live resource and its plan. */
export interface Removal {
  readonly address: Address;
  readonly kind: string;
  readonly name: string;
  readonly resourcePlan: ResourcePlan;
  readonly absent?: Absent;
}

/** The input for undeclared resources. */
export interface Leftover {
  /** The live resources that are, or may be, declared. */
  readonly claimed: ReadonlySet<Observed>;
  readonly absent: readonly Absent[];
  readonly prune: readonly string[];
  /** The addresses of orphans, by `kind/id`: bound, and no longer declared. */
  readonly orphans: ReadonlyMap<string, Address>;
}

/** Plans every undeclared live resource: it is orphaned, unmanaged, or to be deleted. */
export function planRemovals(leftover: Leftover, context: PlanContext): readonly Removal[] {
  const absentAt = new Map(leftover.absent.map((absent) => [absent.address, absent]));
  const removals: Removal[] = [];
  for (const listing of context.snapshot.values()) {
    if (!context.catalog.kinds.has(listing.kind)) continue;
    for (const live of listing.items)
      if (!leftover.claimed.has(live))
        removals.push(removalOf(live, listing, absentAt, leftover, context));
  }
  return removals;
}

function removalOf(
  live: Observed,
  listing: Listing,
  absentAt: ReadonlyMap<Address, Absent>,
  { prune, orphans }: Leftover,
  context: PlanContext,
): Removal {
  const { kind } = listing;
  const { id } = live;
  const bound = orphans.get(`${kind}/${id}`);
  const name = bound ? splitAddress(bound).name : live.name;
  const address = addressOf(kind, name);
  const absent = absentAt.get(address);
  const base = { address, kind, name };
  if (absent)
    return {
      ...base,
      absent,
      resourcePlan: deletionOf(live, address, bound !== undefined, listing, context),
    };
  if (bound && prune.includes(kind))
    return { ...base, resourcePlan: deletionOf(live, address, true, listing, context) };
  if (!bound) return { ...base, resourcePlan: { ...untouched, id, status: 'unmanaged' } };
  return {
    ...base,
    resourcePlan: { ...untouched, id, ...orphaned({ kind, name, live }, context) },
  };
}

/** An orphan is left alone, except that its owed values are restored. */
function orphaned(
  debtor: Debtor,
  context: PlanContext,
): Pick<ResourcePlan, 'status' | 'actions' | 'changes' | 'reason' | 'obligationOver'> {
  const { memory, catalog } = context;
  const obligation = memory.obligations.get(addressOf(debtor.kind, debtor.name));
  const { due, over } = owedBy(obligation, debtor.live, {}, context);
  const actions = owedActions(kindOf(catalog.kinds, debtor.kind), debtor, due);
  return {
    status: 'orphaned',
    actions,
    changes: owedChanges(debtor.live, due),
    ...(obligation && actions.length > 0 ? { reason: owedReason(obligation, due) } : {}),
    ...(over.length > 0 ? { obligationOver: over } : {}),
  };
}

const untouched = { changes: [], unverifiable: [], actions: [] } as const;

function deletionOf(
  live: Observed,
  address: Address,
  bound: boolean,
  listing: Listing,
  context: PlanContext,
): ResourcePlan {
  const namesakes = listing.complete ? listing.named(live.name) : undefined;
  if (!bound && namesakes && namesakes.length > 1)
    return {
      ...untouched,
      id: live.id,
      status: 'ambiguous',
      reason: `${namesakes.length} live resources bear this name; delete the right one by hand`,
    };
  const blocked = whyKept(live, address, listing, context);
  return {
    ...untouched,
    id: live.id,
    status: blocked === undefined ? 'drifted' : 'blocked',
    ...(blocked === undefined ? {} : { reason: blocked }),
    actions: [
      {
        id: actionId(address, 'delete'),
        verb: 'delete',
        ...splitAddress(address),
        resourceId: live.id,
        ...(live.name === splitAddress(address).name ? {} : { liveName: live.name }),
        changes: [],
        requires: [],
        ...(blocked === undefined ? {} : { blockedReason: blocked }),
      },
    ],
  };
}

/** Why a live resource cannot be deleted now; undefined if it can. */
export function whyKept(
  live: Observed,
  address: Address,
  listing: Listing,
  context: PlanContext,
): string | undefined {
  const { remove, singular } = kindOf(context.catalog.kinds, listing.kind);
  if (!remove) return `the API cannot delete a ${singular}`;
  if (!listing.complete) return `${listing.kind} could not be listed to the end: ${listing.error}`;
  if (context.memory.bindings.get(address)?.protected)
    return 'lifecycle.preventDeletion was set when it was last declared';
  if (live.readOnlyReason !== undefined) return live.readOnlyReason;
  if (!live.ready) return live.transition ?? 'the API is at work on it';
  return undefined;
}
