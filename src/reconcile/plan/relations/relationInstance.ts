import type { Relation } from '../../../model/kind.ts';
import { actionId, memberActionId, type Action, type Member } from '../../../model/pass/plan.ts';
import type { Desired, Observed } from '../../../model/resource.ts';
import type { CompleteListing } from '../../../model/pass/snapshot.ts';
import type { Part } from './planRelations.ts';
import type { Planning } from '../planContext.ts';
import type { DeclaredField } from '../../compare/spec.ts';

/** One relation of one resource; `live` is undefined where it is yet to be created. */
export interface Side extends DeclaredField {
  readonly desired: Desired;
  readonly live: Observed | undefined;
  readonly relation: Relation;
  /** The kind of its members; empty where they are names. */
  readonly memberKind: string;
}

type MemberVerb = 'assign' | 'unassign' | 'update';

/** An action on one member. An assign of a resource that is yet to be created waits for that. */
export function memberAction(
  { desired, live, path }: Side,
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

/** The members that were read apart for this resource, or what has to be said when they were not. */
export function membersApart(
  { desired, live, path }: Side,
  planning: Planning,
): CompleteListing | Part {
  const listing = live && planning.membersOf(desired.kind, live.id, path);
  if (!listing) return { unverifiable: path };
  return listing.complete
    ? listing
    : { obstacle: `${path} could not be listed to the end: ${listing.error}` };
}
