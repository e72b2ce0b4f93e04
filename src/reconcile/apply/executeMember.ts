import type { ResourceKind } from '../../model/kind/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Desired, Spec } from '../../model/resource.ts';
import type { Intent } from '../../model/memory.ts';
import { rememberWritten, textIn } from './executeFields.ts';
import {
  desiredOf,
  idOf,
  memberIdOf,
  required,
  type Executed,
  type ExecutionContext,
} from './execution.ts';

import { recordingIntent } from './intents.ts';

type MemberAction = Extract<Action, { readonly relation: string }>;

/** Adds, updates, or removes one member of a relation. */
export async function executeMember(
  action: MemberAction,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const { api, store, now } = context;
  const id = idOf(action, context);
  const member = memberIdOf(action, action.member, context);
  const relation = required(kind.relations?.[action.relation], action, 'functions for its members');
  if (action.verb === 'unassign') {
    await required(relation.unassign, action, 'a function for it')(api, id, member);
    return { id };
  }
  const write = action.verb === 'assign' ? relation.assign : relation.update;
  const desired = desiredOf(action, context);
  const value =
    action.key === undefined ? undefined : mapValue(action, action.key, desired, context);
  const path = pathOf(action);
  const creates = action.verb === 'assign' && relation.assignCreates === true;
  const target = creates
    ? api.withObserver(recordingIntent(store, now, desired.address, path))
    : api;
  await required(write, action, 'a function for it')(target, id, member, value);
  // The intent stays open after the response too, until lists must show the new member.
  if (creates) await store.recordIntent(desired.address, intentEndedAt(now()), path);
  await rememberWritten(desired, [path], context);
  return { id };
}

const intentEndedAt = (at: Date): Intent => ({ at: at.toISOString(), until: at.toISOString() });

/** The path of a map member's value among the write-only values, such as `secrets/TOKEN`. */
const pathOf = ({ relation, key }: MemberAction): string => `${relation}/${key}`;

/** The declared value of a map's member: its text if it is write-only, else the value or the action's fields of it. */
function mapValue(
  action: MemberAction,
  key: string,
  desired: Desired,
  { values }: ExecutionContext,
): unknown {
  const read = values.get(desired.address)?.get(pathOf(action));
  if (read) return required(textIn(read), action, `its ${pathOf(action)}`);
  const members = desired.spec[action.relation] as Spec;
  const { fields } = action;
  return fields === undefined
    ? members[key]
    : Object.fromEntries(
        Object.entries(members[key] as Spec).filter(([field]) => fields.includes(field)),
      );
}
