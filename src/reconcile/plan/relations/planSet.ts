import { actionId, memberActionId, type ActionId, type Member } from '../../../model/pass/plan.ts';
import type { Address, Desired } from '../../../model/resource.ts';
import { addressOf, saidBy } from '../../../model/resource.ts';
import { isIgnored } from '../../compare/compare.ts';
import type { Part } from './planRelations.ts';
import type { Planning } from '../planContext.ts';
import type { Resolution } from '../resolve.ts';
import { memberAction, membersApart, type Side } from './relationInstance.ts';
import { isReference } from '../../compare/spec.ts';

/** A declared member: a reference, or where the field references no kind, a name that is its own id. */
interface Wanted {
  readonly name: string;
  readonly resolution: Resolution;
}

/** A set, or a set of one or none: what is declared is all there is. */
export function planSet(side: Side, planning: Planning): readonly Part[] {
  const { desired, live, path } = side;
  const current = liveMembers(side, planning);
  if (!(current instanceof Set)) return [current];
  const wanted = wantedMembers(side.value, planning);
  const ids = idsOf(wanted);
  const leaving = isAll(desired, path, wanted) ? [...current].filter((id) => !ids.has(id)) : [];
  const deletions = leaving.flatMap((id) => deletionOf(side, id, planning) ?? []);
  const extra = leaving.filter((id) => deletionOf(side, id, planning) === undefined);
  const removals = extra.map((id) => unassign(side, id, planning));
  const unassigned = removals.flatMap(({ actions = [] }) => actions.map(({ id }) => id));
  const freed = side.schema.relation === 'one' ? [...unassigned, ...deletions] : [];
  const parts = [...wanted.map((one) => add(side, one, current, freed, planning)), ...removals];
  const show = (id: string): string => planning.nameOf(side.memberKind, id);
  return live && parts.some(({ actions }) => actions)
    ? [
        ...parts,
        {
          changes: [
            {
              path,
              desired: wanted.map(({ name }) => name).toSorted(),
              observed: [...current].map(show).toSorted(),
            },
          ],
        },
      ]
    : parts;
}

/** The deletion by which a member leaves by itself: it is replaced. */
function deletionOf({ memberKind }: Side, id: string, planning: Planning): ActionId | undefined {
  const owner = planning.ownerOf(memberKind, id);
  return owner !== undefined && planning.isReplaced(owner) ? actionId(owner, 'delete') : undefined;
}

/** The live ids that are wanted. */
const idsOf = (wanted: readonly Wanted[]): ReadonlySet<string> =>
  new Set(wanted.flatMap(({ resolution }) => (resolution.is === 'id' ? [resolution.id] : [])));

/** Whether what is wanted is all there is to be: what cannot be told yet may be what is there. */
const isAll = ({ lifecycle }: Desired, path: string, wanted: readonly Wanted[]): boolean =>
  !lifecycle.additive.includes(path) &&
  wanted.every(({ resolution }) => resolution.is !== 'waiting');

function wantedMembers(value: unknown, { resolve }: Planning): readonly Wanted[] {
  const members: readonly unknown[] = Array.isArray(value) ? value : value === null ? [] : [value];
  return members.map((member) =>
    isReference(member)
      ? { name: saidBy(member), resolution: resolve(member) }
      : { name: String(member), resolution: { is: 'id', id: String(member) } },
  );
}

/** The members that are live: what a complete listing of their kind does not show is on its way out. */
function liveMembers(side: Side, planning: Planning): Set<string> | Part {
  const { live, path, relation, memberKind } = side;
  if (!live) return new Set();
  if (relation.members) {
    const listing = membersApart(side, planning);
    return 'byId' in listing ? new Set(listing.byId.keys()) : listing;
  }
  const value = live.spec[path] ?? [];
  const ids = (Array.isArray(value) ? value : [value]) as readonly string[];
  const listing = planning.snapshot.get(memberKind);
  return new Set(listing?.complete ? ids.filter((id) => listing.byId.has(id)) : ids);
}

function add(
  side: Side,
  { name, resolution }: Wanted,
  current: ReadonlySet<string>,
  freed: readonly string[],
  planning: Planning,
): Part {
  const { path, relation, live } = side;
  if (!live && relation.createdWith) return {};
  switch (resolution.is) {
    case 'id':
      return current.has(resolution.id) ? {} : assign(side, name, resolution.id, freed, planning);
    case 'created':
      return relation.carriedBy === undefined
        ? added(side, name, { address: resolution.address }, [
            ...freed,
            actionId(resolution.address, 'create'),
          ])
        : {};
    case 'waiting':
    case 'wrong':
      return { obstacle: `${path}: ${resolution.because}` };
    case 'unlisted':
      return { obstacle: `${path}: ${resolution.kind} were not listed` };
  }
}

const added = (side: Side, name: string, member: Member, requires: readonly string[]): Part => ({
  actions: [
    memberAction(side, 'assign', name, {
      member,
      changes: [{ path: `${side.path}/${name}`, desired: true, observed: false }],
      requires,
    }),
  ],
});

function assign(
  side: Side,
  name: string,
  id: string,
  freed: readonly string[],
  planning: Planning,
): Part {
  const busy = unsettled(side, id, name, planning);
  if (busy) return busy;
  const holder = holderOf(side, id, planning);
  return 'obstacle' in holder ? holder : added(side, name, { id }, [...freed, ...holder.requires]);
}

function unassign(side: Side, id: string, planning: Planning): Part {
  const name = planning.nameOf(side.memberKind, id);
  return (
    unsettled(side, id, name, planning) ?? {
      actions: [
        memberAction(side, 'unassign', name, {
          member: { id },
          changes: [{ path: `${side.path}/${name}`, desired: false, observed: true }],
        }),
      ],
    }
  );
}

/** One job at a time on a machine (FACTS 9). */
function unsettled(
  { memberKind }: Side,
  id: string,
  name: string,
  planning: Planning,
): Part | undefined {
  const observed = planning.snapshot.get(memberKind)?.byId.get(id);
  return observed && !observed.settled
    ? { pending: `${memberKind}/${name} is ${observed.activity ?? 'not settled'}` }
    : undefined;
}

/**
 * Who must let go of a member first, where it can be in one such relation only (FACTS 9: a second script on one machine replaces
 * or is refused). Only a declared set lets go of what it does not list.
 */
function holderOf(
  { desired, live, path, schema, memberKind }: Side,
  memberId: string,
  planning: Planning,
): { readonly requires: readonly string[] } | { readonly obstacle: string } {
  const holder = schema.exclusive ? planning.heldBy(desired.kind, path, memberId) : undefined;
  if (holder === undefined || holder.id === live?.id) return { requires: [] };
  const owner = planning.ownerOf(desired.kind, holder.id);
  const name = planning.nameOf(memberKind, memberId);
  return owner && letsGo(owner, path, memberId, planning)
    ? { requires: [memberActionId(owner, 'unassign', path, name)] }
    : {
        obstacle: `${path}: ${memberKind}/${name} is held by ${addressOf(desired.kind, holder.name)}, which does not let go of it`,
      };
}

/** Whether the plan takes a member from its owner: one that is replaced goes with its members, and whoever lists it keeps it. */
function letsGo(owner: Address, path: string, memberId: string, planning: Planning): boolean {
  const declared = planning.desiredAt(owner);
  const value = declared?.spec[path];
  if (!declared || value === undefined || planning.isReplaced(owner)) return false;
  const { manage, ignoreChanges } = declared.lifecycle;
  const wanted = wantedMembers(value, planning);
  return (
    manage === 'enforce' &&
    !isIgnored(path, ignoreChanges) &&
    isAll(declared, path, wanted) &&
    !idsOf(wanted).has(memberId)
  );
}
