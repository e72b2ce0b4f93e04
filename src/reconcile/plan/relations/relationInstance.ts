import type { Relation } from '../../../model/kind/capabilities.ts';
import {
  actionId,
  memberActionId,
  type Action,
  type FieldChange,
  type Member,
} from '../../../model/pass/plan.ts';
import type { Desired, Observed } from '../../../model/resource.ts';
import type { CompleteListing } from '../../../model/pass/snapshot.ts';
import type { FateContext } from '../fates/fate.ts';
import type { DeclaredField } from '../../compare/spec.ts';

/** The plan for the relations of one resource: changes member by member, obstacles, and reasons to wait. */
export interface RelationPlan {
  readonly actions: readonly Action[];
  readonly changes: readonly FieldChange[];
  readonly obstacles: readonly string[];
  readonly pending: readonly string[];
  /** Relations whose members were not read in this pass. */
  readonly unverifiable: readonly string[];
}

/** The contribution of one member, or one relation, to a `RelationPlan`. */
export interface RelationChange {
  readonly actions?: readonly Action[];
  readonly changes?: readonly FieldChange[];
  readonly obstacle?: string;
  readonly pending?: string;
  readonly unverifiable?: string;
}

/** One relation of one resource; `live` is undefined if the resource is not created yet. */
export interface RelationInstance extends DeclaredField {
  readonly desired: Desired;
  readonly live: Observed | undefined;
  readonly relation: Relation;
  /** The kind of its members; empty where they are names. */
  readonly memberKind: string;
}

type MemberVerb = 'assign' | 'unassign' | 'update';

/** An action on one member. An assign to a resource that is not created yet waits for the create. */
export function memberAction(
  { desired, live, path }: RelationInstance,
  verb: MemberVerb,
  name: string,
  rest: {
    readonly member: Member;
    readonly key?: string;
    readonly fields?: readonly string[];
    readonly changes: Action['changes'];
    readonly requires?: readonly string[];
  },
): Action {
  return {
    id: memberActionId(desired.address, verb, path, name),
    verb,
    kind: desired.kind,
    name: desired.name,
    ...(live ? { resourceId: live.id } : {}),
    relation: path,
    memberName: name,
    ...rest,
    requires: [...(live ? [] : [actionId(desired.address, 'create')]), ...(rest.requires ?? [])],
  };
}

/** The members from their own list, or the reason why they are unknown. */
export function membersApart(
  { desired, live, path }: RelationInstance,
  context: FateContext,
): CompleteListing | RelationChange {
  const listing = live && context.membersOf(desired.kind, live.id, path);
  if (!listing) return { unverifiable: path };
  return listing.complete
    ? listing
    : { obstacle: `${path} could not be listed to the end: ${listing.error}` };
}
