import { actionId, memberActionId, type ActionId, type Member } from '../../../model/pass/plan.ts';
import type { Address, Desired } from '../../../model/resource.ts';
import { addressOf, referenceText } from '../../../model/resource.ts';
import { isIgnored } from '../../compare/compare.ts';
import { isReplaced, type FateContext } from '../fates/fate.ts';
import type { Resolution } from '../matching/resolve.ts';
import {
  memberAction,
  membersApart,
  type RelationChange,
  type RelationInstance,
} from './relationInstance.ts';
import { isReference } from '../../compare/spec.ts';

/** A declared member: a resolved reference, or a name that is its own id. */
interface Wanted {
  readonly name: string;
  readonly resolution: Resolution;
}

/** Plans a set, or a set of at most one. Undeclared members leave. */
export function planSet(
  instance: RelationInstance,
  context: FateContext,
): readonly RelationChange[] {
  const { desired, live, path } = instance;
  const current = liveMembers(instance, context);
  if (!(current instanceof Set)) return [current];
  const wanted = wantedMembers(instance.value, context);
  const ids = idsOf(wanted);
  const leaving = isAll(desired, path, wanted) ? [...current].filter((id) => !ids.has(id)) : [];
  const deletions = leaving.flatMap((id) => deletionOf(instance, id, context) ?? []);
  const extra = leaving.filter((id) => deletionOf(instance, id, context) === undefined);
  const removals = extra.map((id) => unassign(instance, id, context));
  const unassigned = removals.flatMap(({ actions = [] }) => actions.map(({ id }) => id));
  const freed = instance.schema.relation === 'one' ? [...unassigned, ...deletions] : [];
  const parts = [...wanted.map((one) => add(instance, one, current, freed, context)), ...removals];
  const show = (id: string): string => context.nameOf(instance.memberKind, id);
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

/** The deletion that removes a member, because the member is replaced. */
function deletionOf(
  { memberKind }: RelationInstance,
  id: string,
  context: FateContext,
): ActionId | undefined {
  const owner = context.ownerOf(memberKind, id);
  return owner !== undefined && isReplaced(owner, context) ? actionId(owner, 'delete') : undefined;
}

/** The ids of the declared live members. */
const idsOf = (wanted: readonly Wanted[]): ReadonlySet<string> =>
  new Set(wanted.flatMap(({ resolution }) => (resolution.is === 'id' ? [resolution.id] : [])));

/** Whether undeclared members leave. A member that cannot be resolved yet may be one of the live ones. */
const isAll = ({ lifecycle }: Desired, path: string, wanted: readonly Wanted[]): boolean =>
  !lifecycle.additive.includes(path) &&
  wanted.every(({ resolution }) => resolution.is !== 'unresolved');

function wantedMembers(value: unknown, { resolve }: FateContext): readonly Wanted[] {
  const members: readonly unknown[] = Array.isArray(value) ? value : value === null ? [] : [value];
  return members.map((member) =>
    isReference(member)
      ? { name: referenceText(member), resolution: resolve(member) }
      : { name: String(member), resolution: { is: 'id', id: String(member) } },
  );
}

/** The live members. A member that a complete listing of its kind does not show is on its way out. */
function liveMembers(
  instance: RelationInstance,
  context: FateContext,
): Set<string> | RelationChange {
  const { live, path, relation, memberKind } = instance;
  if (!live) return new Set();
  if (relation.members) {
    const listing = membersApart(instance, context);
    return 'byId' in listing ? new Set(listing.byId.keys()) : listing;
  }
  const value = live.spec[path] ?? [];
  const ids = (Array.isArray(value) ? value : [value]) as readonly string[];
  const listing = context.snapshot.get(memberKind);
  return new Set(listing?.complete ? ids.filter((id) => listing.byId.has(id)) : ids);
}

function add(
  instance: RelationInstance,
  { name, resolution }: Wanted,
  current: ReadonlySet<string>,
  freed: readonly string[],
  context: FateContext,
): RelationChange {
  const { path, relation, live } = instance;
  if (!live && relation.setByOwnCreate) return {};
  switch (resolution.is) {
    case 'id':
      return current.has(resolution.id)
        ? {}
        : assign(instance, name, resolution.id, freed, context);
    case 'created':
      return relation.setByMemberCreate === undefined
        ? added(instance, name, { address: resolution.address }, [
            ...freed,
            actionId(resolution.address, 'create'),
          ])
        : {};
    case 'unresolved':
    case 'invalid':
      return { obstacle: `${path}: ${resolution.because}` };
    case 'listNeeded':
      return { obstacle: `${path}: ${resolution.kind} were not listed` };
  }
}

const added = (
  instance: RelationInstance,
  name: string,
  member: Member,
  requires: readonly string[],
): RelationChange => ({
  actions: [
    memberAction(instance, 'assign', name, {
      member,
      changes: [{ path: `${instance.path}/${name}`, desired: true, observed: false }],
      requires,
    }),
  ],
});

function assign(
  instance: RelationInstance,
  name: string,
  id: string,
  freed: readonly string[],
  context: FateContext,
): RelationChange {
  const busy = busyMember(instance, id, name, context);
  if (busy) return busy;
  const holder = holderOf(instance, id, context);
  return 'obstacle' in holder
    ? holder
    : added(instance, name, { id }, [...freed, ...holder.requires]);
}

function unassign(instance: RelationInstance, id: string, context: FateContext): RelationChange {
  const name = context.nameOf(instance.memberKind, id);
  return (
    busyMember(instance, id, name, context) ?? {
      actions: [
        memberAction(instance, 'unassign', name, {
          member: { id },
          changes: [{ path: `${instance.path}/${name}`, desired: false, observed: true }],
        }),
      ],
    }
  );
}

/** A machine runs one job at a time (FACTS 9). */
function busyMember(
  { memberKind }: RelationInstance,
  id: string,
  name: string,
  context: FateContext,
): RelationChange | undefined {
  const observed = context.snapshot.get(memberKind)?.byId.get(id);
  return observed && !observed.ready
    ? { pending: `${memberKind}/${name} is ${observed.transition ?? 'not ready'}` }
    : undefined;
}

/**
 * The unassign that must come first, for a member that can be in one such relation only (FACTS 9: a second script on
 * one machine replaces the first, or is refused). Only a declared set gives up members that it does not list.
 */
function holderOf(
  { desired, live, path, schema, memberKind }: RelationInstance,
  memberId: string,
  context: FateContext,
): { readonly requires: readonly string[] } | { readonly obstacle: string } {
  const holder = schema.exclusive ? context.heldBy(desired.kind, path, memberId) : undefined;
  if (holder === undefined || holder.id === live?.id) return { requires: [] };
  const owner = context.ownerOf(desired.kind, holder.id);
  const name = context.nameOf(memberKind, memberId);
  return owner && letsGo(owner, path, memberId, context)
    ? { requires: [memberActionId(owner, 'unassign', path, name)] }
    : {
        obstacle: `${path}: ${memberKind}/${name} is held by ${addressOf(desired.kind, holder.name)}, which does not let go of it`,
      };
}

/**
 * Whether the plan takes a member from its owner. A replaced owner goes with its members, and an owner that declares
 * the member keeps it.
 */
function letsGo(owner: Address, path: string, memberId: string, context: FateContext): boolean {
  const declared = context.matches.byAddress.get(owner)?.desired;
  const value = declared?.spec[path];
  if (!declared || value === undefined || isReplaced(owner, context)) return false;
  const { manage, ignoreChanges } = declared.lifecycle;
  const wanted = wantedMembers(value, context);
  return (
    manage === 'enforce' &&
    !isIgnored(path, ignoreChanges) &&
    isAll(declared, path, wanted) &&
    !idsOf(wanted).has(memberId)
  );
}
