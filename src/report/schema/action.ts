import { Type } from 'typebox';
import { verbs } from '../../model/pass/plan.ts';
import { address, changes, count, listOf, oneOf, orNull, string } from './fields.ts';

/** The schema of an action in a report. */
export const action = Type.Object({
  id: string('kind/name:verb, or kind/name:verb(relation/member).'),
  verb: oneOf('The verb of the action.', verbs),
  ...address,
  relation: orNull(string('The relation that it changes; null: it acts on the resource itself.')),
  member: orNull(string('The member of that relation.')),
  resourceId: orNull(string('The live id; null: unknown, as before a create.')),
  liveName: Type.Optional(
    string('For a deletion: the name of the live resource, if it differs from `name`.'),
  ),
  changes,
  requires: listOf('The ids of the actions that must be done before it.', Type.String()),
  outcome: oneOf('The outcome of the action.', [
    'planned',
    'done',
    'failed',
    'blocked',
    'pending',
    'skipped',
  ]),
  error: orNull(string('Why it is not done; null: it is done, or planned.')),
  note: orNull(string('Further information about the action for people.')),
  attempts: count('The number of attempts in this pass.'),
});
