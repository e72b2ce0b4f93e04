import type { Field } from './fields.ts';
import { valueAtSteps } from './fields.ts';
import { liveMembers, membersEdit, refused, type Decision } from './members.ts';
import type { Subject } from '../team.ts';
import { authoredValue, mayHoldSecret } from '../../import/entries/values.ts';
import type { Refer } from '../../import/entries/references.ts';
import { formOf, mayBeNull } from '../../desired/validate/fieldForms.ts';
import { listKey } from '../../model/pass/plan.ts';
import { isObject, isReference } from '../../reconcile/compare/spec.ts';

/**
 * Decides how a declared value gets the live one, or why it cannot. `written`: the value as the YAML has it. Pure.
 */
export function decide(subject: Subject, field: Field, written: unknown): Decision {
  const { schema, declared, steps } = field;
  const form = formOf(schema);
  if (schema.writeOnly || schema.secret || form.form === 'text')
    return refused('the API never shows its value');
  if (mayHoldSecret(schema)) return refused('its live value may be a secret');
  if (subject.owed.has(steps[0]))
    return refused('Holdfast changed it for another change, and will restore it');
  if (schema.timetable && isObject(declared))
    return refused('it is a timetable, and the live state does not say which one to write');
  if (schema.relation === 'set')
    return Array.isArray(written)
      ? membersEdit(subject, field, written)
      : refused('it is not a list');
  const live = liveValue(subject, field);
  if (live.is === 'unknown') return refused(live.because);
  if (live.value == null) return absent(field);
  return presentEdit(subject, field, live.value);
}

type LiveValue =
  | { readonly is: 'known'; readonly value: unknown }
  | { readonly is: 'unknown'; readonly because: string };

const known = (value: unknown): LiveValue => ({ is: 'known', value });

function liveValue(subject: Subject, field: Field): LiveValue {
  const { kind, live, snapshot } = subject;
  const [relation, ...rest] = field.steps;
  if (!kind.relations?.[relation]) return known(valueAtSteps(live.spec, field.steps));
  const unlisted = {
    is: 'unknown',
    because: 'its members could not be listed to the end',
  } as const;
  if (field.schema.relation === 'one') {
    const members = liveMembers(subject, relation, formSchema(field));
    return members ? known(members[0]) : unlisted;
  }
  const listing = snapshot.get(
    listKey({ list: 'members', kind: kind.name, id: live.id, relation }),
  );
  if (!listing?.complete) return unlisted;
  const [member] = listing.named(String(rest[0]));
  return known(member && valueAtSteps(member.spec, rest.slice(1)));
}

const formSchema = ({ schema }: Field) => {
  const form = formOf(schema);
  return form.form === 'plain' ? schema : form.schema;
};

/** The team has no value: null where the field takes it, otherwise the key goes. */
function absent({ schema, isOptional }: Field): Decision {
  if (mayBeNull(schema)) return { is: 'set', value: null };
  return isOptional
    ? { is: 'remove' }
    : refused('it is required, and the live resource has no value there');
}

/** An id of the API is written only where the YAML already pins one. */
function presentEdit(subject: Subject, field: Field, live: unknown): Decision {
  const isPinned = isReference(field.declared) && field.declared.by === 'id';
  const unnamed: string[] = [];
  const refer: Refer = (schema, id) => {
    const reference = subject.refer(schema, id);
    const isId = reference === undefined || (isObject(reference) && 'id' in reference);
    if (!isId) return reference;
    if (!isPinned) unnamed.push(`${id}, which has no name of its own among ${schema.references}`);
    return { id };
  };
  const value = authoredValue(formSchema(field), live, refer);
  const [first] = unnamed;
  if (first !== undefined) return refused(`the live value is ${first}`);
  return value === undefined
    ? refused('its live value cannot be written as YAML')
    : { is: 'set', value };
}
