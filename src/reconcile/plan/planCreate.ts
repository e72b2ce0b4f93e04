import { actionId, type Action, type FieldChange, type Member } from '../../model/pass/plan.ts';
import type { Desired, Reference } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import { shown } from '../compare/compare.ts';
import { mentionedFirst } from './softReferences.ts';
import { differencesWithin } from '../compare/partialFields.ts';
import { planRelations } from './relations/planRelations.ts';
import { kindOf } from '../kindOf.ts';
import { asReason, type Draft, type Planning } from './planContext.ts';
import { powerOf, wantedPower, type PowerState } from './power.ts';
import {
  fieldsOf,
  isReference,
  isRelation,
  isWriteOnly,
  type DeclaredField,
} from '../compare/spec.ts';

/** A resource that is not there: a create, held where something that it needs is not to be had. */
export function planCreate(desired: Desired, planning: Planning): Draft {
  const { address, kind, name, lifecycle } = desired;
  const changes = declared(desired, planning);
  if (lifecycle.manage === 'observe')
    return {
      status: 'missing',
      changes,
      unverifiable: [],
      reason: 'observed only (lifecycle.manage)',
      actions: [],
    };
  const { create, singular, whenMissing } = kindOf(planning.catalog.kinds, kind);
  if (!create)
    return {
      status: 'blocked',
      changes,
      unverifiable: [],
      reason: whenMissing ?? `the API cannot create a ${singular}`,
      actions: [],
    };
  const carries = carriedMembers(desired, planning);
  const needs = [
    ...referencedBy(desired, planning),
    ...mentioned(desired, planning),
    ...carries.map((carried) => carried.need),
  ];
  const off = sourceOff(desired, planning);
  const held = asReason([
    ...obstacles(desired, planning),
    ...needs.flatMap(({ because }) => because ?? []),
    ...off.because,
  ]);
  const relations = planRelations(desired, undefined, planning);
  const reason = asReason([...(held === undefined ? [] : [held]), ...relations.obstacles]);
  return {
    status: reason === undefined ? 'missing' : 'blocked',
    changes,
    unverifiable: [],
    ...(reason === undefined ? {} : { reason }),
    actions: [
      {
        id: actionId(address, 'create'),
        verb: 'create',
        kind,
        name,
        changes,
        carries: carries.flatMap(({ field, need: { member } }) =>
          member ? [{ field, member }] : [],
        ),
        requires: [
          ...new Set([...createsOf(needs), ...mentionedFirst(desired, planning), ...off.requires]),
        ],
        ...(held === undefined ? {} : { held }),
        ...almostThere(desired, planning),
      },
      ...afterwards(desired, planning),
      ...relations.actions,
    ],
  };
}

/** A note about a live resource that may be the one that is meant. */
function almostThere({ kind, name }: Desired, planning: Planning): Pick<Action, 'note'> {
  if (kindOf(planning.catalog.kinds, kind).adopt) return {};
  const [live] = planning.namedAlmost(kind, name);
  if (!live) return {};
  const { singular } = kindOf(planning.catalog.kinds, kind);
  return {
    note: `warning: the ${singular} "${live.name}" (${live.id}) is there, whose name differs only in case, surrounding space, or Unicode form; this creates another one`,
  };
}

const declared = ({ kind, spec }: Desired, planning: Planning): readonly FieldChange[] =>
  fieldsOf(kindOf(planning.catalog.kinds, kind).schema, spec)
    .filter(({ schema }) => !isRelation(schema))
    .flatMap(fromNothing);

function fromNothing(field: DeclaredField): readonly FieldChange[] {
  if (field.schema.partial) return differencesWithin(field, undefined, () => false);
  const { path, schema, value } = field;
  return [{ path, desired: shown(schema, value), observed: null }];
}

/** The update with what the API takes in updates only, and not before the create has come to its end. */
function afterwards(desired: Desired, planning: Planning): readonly Action[] {
  const { address, kind, name, spec } = desired;
  const fields = fieldsOf(kindOf(planning.catalog.kinds, kind).schema, spec).filter(
    ({ schema }) => schema.updateOnly === 'settled',
  );
  if (fields.length === 0) return [];
  const needs = referencesOf(fields).map((reference) => need(reference, planning));
  const held = asReason(needs.flatMap(({ because }) => because ?? []));
  return [
    {
      id: actionId(address, 'update'),
      verb: 'update',
      kind,
      name,
      fields: fields.map(({ path }) => path),
      changes: fields.flatMap(fromNothing),
      requires: [actionId(address, 'create'), ...createsOf(needs)],
      ...(held === undefined ? {} : { held }),
    },
  ];
}

/** What stands in the way whatever else happens. */
function obstacles({ address, kind, spec }: Desired, planning: Planning): readonly string[] {
  const { schema, singular } = kindOf(planning.catalog.kinds, kind);
  return fieldsOf(schema, spec).flatMap(({ path, schema: field, value }) => {
    if (field.given)
      return [`there is no ${singular} whose ${path} is ${String(value)}, and the API chooses it`];
    if (!field.writeOnly) return [];
    if (isWriteOnly(value) && value.from === 'keep')
      return [`${path} is { keep: true }, so there is nothing to create it with`];
    return planning.written.unreadable(address, path) ?? [];
  });
}

/** What a reference needs before the create can be sent: a live or a created member, or why there is none. */
interface Need {
  readonly member?: Member;
  readonly because?: string;
}

/** The references that the create call carries: fields, and relations that it can carry. */
function referencedBy({ kind, spec }: Desired, planning: Planning): readonly Need[] {
  const { schema, relations } = kindOf(planning.catalog.kinds, kind);
  const carried = fieldsOf(schema, spec).filter(({ path, schema: field }) =>
    isRelation(field) ? relations?.[path]?.createdWith : field.updateOnly !== 'settled',
  );
  return referencesOf(carried).map((reference) => need(reference, planning));
}

const referencesOf = (fields: readonly DeclaredField[]): readonly Reference[] =>
  fields.flatMap(({ schema, value }) =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter(
      (one): one is Reference => schema.references !== undefined && isReference(one),
    ),
  );

/** The creates that bring what is needed and not there. */
const createsOf = (needs: readonly Need[]): readonly string[] =>
  needs.flatMap(({ member }) =>
    member && 'address' in member ? [actionId(member.address, 'create')] : [],
  );

/** What free-form fields name and this plan creates: it comes first. What is not declared may be live; the API will say. */
const mentioned = ({ kind, spec }: Desired, planning: Planning): readonly Need[] =>
  (kindOf(planning.catalog.kinds, kind).mentions?.(spec) ?? []).flatMap((named) =>
    planning.desiredAt(addressOf(named.kind, named.name))
      ? [need({ by: 'declared', kind: named.kind, name: named.name }, planning)]
      : [],
  );

function need(reference: Reference, { resolve }: Planning): Need {
  const resolution = resolve(reference);
  switch (resolution.is) {
    case 'id':
      return { member: { id: resolution.id } };
    case 'created':
      return { member: { address: resolution.address } };
    case 'waiting':
    case 'wrong':
      return { because: resolution.because };
    case 'unlisted':
      return { because: `${resolution.kind} were not listed` };
  }
}

const carriedMembers = ({ address }: Desired, planning: Planning) =>
  planning.carriedBy(address).flatMap(({ field, owner }) => {
    const declaredOwner = planning.desiredAt(owner);
    if (!declaredOwner || declaredOwner.lifecycle.manage === 'observe') return [];
    const { kind, name } = declaredOwner;
    return [{ field, need: need({ by: 'declared', kind, name }, planning) }];
  });

/** The machine that this is made from must be off (FACTS 3.8): it is, or this plan switches it off or creates it so. */
function sourceOff(
  desired: Desired,
  planning: Planning,
): { requires: readonly string[]; because: readonly string[] } {
  const field = kindOf(planning.catalog.kinds, desired.kind).createNeedsOff;
  const reference = field === undefined ? undefined : desired.spec[field];
  if (!isReference(reference) || reference.by === 'id') return { requires: [], because: [] };
  const machine = addressOf(reference.kind, reference.name);
  const wants = planning.desiredAt(machine);
  const draft = planning.draftOf(machine);
  const { power } = kindOf(planning.catalog.kinds, reference.kind);
  const verbs = new Map(draft?.actions.map(({ verb, id }) => [verb, id]));
  const stop = verbs.get('stop');
  if (stop !== undefined && !verbs.has('start')) return { requires: [stop], because: [] };
  const staysOff =
    wants !== undefined && verbs.has('create')
      ? wantedPower(power, wants, planning.now) === 'off'
      : !verbs.has('start') && livePower(reference, planning) === 'off';
  return staysOff
    ? { requires: [], because: [] }
    : { requires: [], because: [`${machine} must be off; set its state to off`] };
}

function livePower(reference: Reference, planning: Planning): PowerState | undefined {
  const resolution = planning.resolve(reference);
  if (resolution.is !== 'id') return undefined;
  const live = planning.snapshot.get(reference.kind)?.byId.get(resolution.id);
  return live && powerOf(kindOf(planning.catalog.kinds, reference.kind).power, live);
}
