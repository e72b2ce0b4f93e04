import { actionId, memberActionId, type Action, type FieldChange } from '../model/plan.ts';
import type { Address, Desired, Observed, Reference } from '../model/resource.ts';
import { addressOf } from '../model/resource.ts';
import { isIgnored } from './compare.ts';
import { kindOf, type Planning } from './planning.ts';
import { fieldsOf, isReference, isRelation } from './spec.ts';

/** The member-by-member changes of one resource's relations, what cannot be changed and why, and what must be waited for. */
export interface RelationPlan {
  readonly actions: readonly Action[];
  readonly changes: readonly FieldChange[];
  readonly obstacles: readonly string[];
  readonly pending: readonly string[];
}

interface Part {
  readonly actions?: readonly Action[];
  readonly obstacle?: string;
  readonly pending?: string;
}

const noRelations: RelationPlan = { actions: [], changes: [], obstacles: [], pending: [] };

/** The set differences between the declared and the live members. `live` is undefined for a resource that is yet to be created. */
export function planRelations(
  desired: Desired,
  live: Observed | undefined,
  planning: Planning,
): RelationPlan {
  const kind = kindOf(planning, desired.kind);
  if (!kind.relations) return noRelations;
  const relations = fieldsOf(kind.schema, desired.spec).filter(
    ({ path, schema }) => isRelation(schema) && !isIgnored(path, desired.lifecycle.ignoreChanges),
  );
  const plans = relations.map(({ path, schema, value }) =>
    planRelation(
      { desired, live, path, memberKind: schema.references ?? '', exclusive: schema.exclusive },
      (value as readonly unknown[]).filter(isReference),
      planning,
    ),
  );
  return {
    actions: plans.flatMap(({ actions }) => actions),
    changes: plans.flatMap(({ changes }) => changes),
    obstacles: plans.flatMap(({ obstacles }) => obstacles),
    pending: plans.flatMap(({ pending }) => pending),
  };
}

/** One relation of one resource. */
interface Side {
  readonly desired: Desired;
  readonly live: Observed | undefined;
  readonly path: string;
  readonly memberKind: string;
  readonly exclusive: boolean | undefined;
}

function planRelation(side: Side, members: readonly Reference[], planning: Planning): RelationPlan {
  const { desired, live, path, memberKind } = side;
  const current = liveMembers(side, planning);
  const resolved = members.map((reference) => ({
    reference,
    resolution: planning.resolve(reference),
  }));
  const wanted = new Set(
    resolved.flatMap(({ resolution }) => (resolution.is === 'id' ? [resolution.id] : [])),
  );
  const unsure = resolved.some(({ resolution }) => resolution.is === 'waiting');
  const extra = [...current].filter((id) => !wanted.has(id));
  const removed = unsure || desired.lifecycle.additive.includes(path) ? [] : extra;
  const parts: readonly Part[] = [
    ...resolved.map(({ reference, resolution }): Part => {
      switch (resolution.is) {
        case 'id':
          return current.has(resolution.id)
            ? {}
            : assign(side, memberName(reference), { id: resolution.id }, planning);
        case 'created':
          return assignCreated(side, reference, resolution.address, planning);
        case 'waiting':
          return { obstacle: `${path}: ${resolution.because}` };
        case 'wrong':
          return { obstacle: `${path}: ${resolution.because}` };
        case 'unlisted':
          return { obstacle: `${path}: ${resolution.kind} were not listed` };
      }
    }),
    ...removed.map((id) => unassign(side, id, planning)),
  ];
  const actions = parts.flatMap((part) => part.actions ?? []);
  const show = (ids: Iterable<string>): readonly string[] =>
    [...ids].map((id) => planning.nameOf(memberKind, id)).toSorted();
  return {
    actions: desired.lifecycle.manage === 'observe' ? [] : actions,
    changes:
      live && actions.length > 0
        ? [{ path, desired: members.map(memberName).toSorted(), observed: show(current) }]
        : [],
    obstacles: parts.flatMap(({ obstacle }) => obstacle ?? []),
    pending: parts.flatMap(({ pending }) => pending ?? []),
  };
}

const memberName = (reference: Reference): string =>
  reference.by === 'id' ? reference.id : reference.name;

/** The members that are live: what a complete listing of their kind does not show is on its way out. */
function liveMembers(
  { live, path, memberKind }: Side,
  { snapshot }: Planning,
): ReadonlySet<string> {
  const ids = (live?.spec[path] ?? []) as readonly string[];
  const listing = snapshot.get(memberKind);
  return new Set(listing?.complete ? ids.filter((id) => listing.byId.has(id)) : ids);
}

function assign(side: Side, name: string, member: { id: string }, planning: Planning): Part {
  const { desired, live, path, memberKind } = side;
  const observed = planning.snapshot.get(memberKind)?.byId.get(member.id);
  if (observed && !observed.settled)
    return { pending: `${memberKind}/${name} is ${observed.activity ?? 'not settled'}` };
  const holder = holderOf(side, member.id, planning);
  if ('obstacle' in holder) return holder;
  return {
    actions: [
      {
        id: memberActionId(desired.address, 'assign', path, name),
        verb: 'assign',
        kind: desired.kind,
        name: desired.name,
        ...(live ? { resourceId: live.id } : {}),
        relation: path,
        member,
        changes: [{ path: `${path}/${name}`, desired: true, observed: false }],
        requires: [...(live ? [] : [actionId(desired.address, 'create')]), ...holder.requires],
      },
    ],
  };
}

/** A member that this plan creates: nothing to do where its own create carries the relation. */
function assignCreated(
  side: Side,
  reference: Reference,
  address: Address,
  planning: Planning,
): Part {
  const { desired, live, path } = side;
  if (kindOf(planning, desired.kind).relations?.[path]?.carriedBy !== undefined) return {};
  const name = memberName(reference);
  return {
    actions: [
      {
        id: memberActionId(desired.address, 'assign', path, name),
        verb: 'assign',
        kind: desired.kind,
        name: desired.name,
        ...(live ? { resourceId: live.id } : {}),
        relation: path,
        member: { address },
        changes: [{ path: `${path}/${name}`, desired: true, observed: false }],
        requires: [
          ...(live ? [] : [actionId(desired.address, 'create')]),
          actionId(address, 'create'),
        ],
      },
    ],
  };
}

function unassign({ desired, live, path, memberKind }: Side, id: string, planning: Planning): Part {
  const observed = planning.snapshot.get(memberKind)?.byId.get(id);
  const name = planning.nameOf(memberKind, id);
  if (observed && !observed.settled)
    return { pending: `${memberKind}/${name} is ${observed.activity ?? 'not settled'}` };
  return {
    actions: [
      {
        id: memberActionId(desired.address, 'unassign', path, name),
        verb: 'unassign',
        kind: desired.kind,
        name: desired.name,
        ...(live ? { resourceId: live.id } : {}),
        relation: path,
        member: { id },
        changes: [{ path: `${path}/${name}`, desired: false, observed: true }],
        requires: [],
      },
    ],
  };
}

/**
 * Who must let go of a member first, where it can be in one such relation only (FACTS 9: a second script on one machine replaces
 * or is refused). Only a declared set lets go of what it does not list.
 */
function holderOf(
  { desired, path, memberKind, exclusive }: Side,
  memberId: string,
  planning: Planning,
): { readonly requires: readonly string[] } | { readonly obstacle: string } {
  const holder = exclusive ? planning.heldBy(desired.kind, path, memberId) : undefined;
  if (holder === undefined) return { requires: [] };
  const owner = planning.ownerOf(desired.kind, holder.id);
  const declared = owner && planning.desiredAt(owner);
  const name = planning.nameOf(memberKind, memberId);
  const letsGo =
    declared?.spec[path] !== undefined &&
    declared.lifecycle.manage === 'enforce' &&
    !declared.lifecycle.additive.includes(path) &&
    !isIgnored(path, declared.lifecycle.ignoreChanges);
  return letsGo && owner
    ? { requires: [memberActionId(owner, 'unassign', path, name)] }
    : {
        obstacle: `${path}: ${memberKind}/${name} is held by ${addressOf(desired.kind, holder.name)}, which does not let go of it`,
      };
}
