import type { ResourceKind } from '../../model/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Desired, Spec } from '../../model/resource.ts';
import type { Intent } from '../../model/store.ts';
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

/** Adds, changes or removes one member of a relation. */
export async function executeMember(
  action: MemberAction,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const { api, store, now } = context;
  const id = idOf(action, context);
  const member = memberIdOf(action, action.member, context);
  const relation = required(kind.relations?.[action.relation], action, 'calls for its members');
  if (action.verb === 'unassign') {
    await required(relation.unassign, action, 'a call for it')(api, id, member);
    return { id };
  }
  const write = action.verb === 'assign' ? relation.assign : relation.update;
  const desired = desiredOf(action, context);
  const value =
    action.key === undefined ? undefined : mapValue(action, action.key, desired, context);
  const path = pathOf(action);
  const creates = action.verb === 'assign' && relation.assignCreates === true;
  const target = creates ? api.observed(recordingIntent(store, now, desired.address, path)) : api;
  await required(write, action, 'a call for it')(target, id, member, value);
  // It stays open until lists would show what it made: they may lag after an answer too.
  if (creates) await store.recordIntent(desired.address, sentNow(now()), path);
  await rememberWritten(desired, [path], context);
  return { id };
}

const sentNow = (at: Date): Intent => ({ at: at.toISOString(), until: at.toISOString() });

/** Where the value of a map's member stands among those that are read: `secrets/TOKEN`. */
const pathOf = ({ relation, key }: MemberAction): string => `${relation}/${key}`;

/** The declared value of a map's member: its text where it is write-only, or its fields. */
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
