import { deletedByExpiry } from '../../../model/pass/expiry.ts';
import { actionId, type Action, type Member } from '../../../model/pass/plan.ts';
import type { Desired, Reference } from '../../../model/resource.ts';
import { addressOf } from '../../../model/resource.ts';
import {
  fieldsOf,
  isReference,
  isRelation,
  isWriteOnly,
  type DeclaredField,
} from '../../compare/spec.ts';
import { kindOf } from '../../kindOf.ts';
import type { CreateFate, Fate, FateContext } from './fate.ts';
import { asReason } from '../planContext.ts';
import { powerOf, wantedPower, type PowerState } from '../power/power.ts';

/** A reference of a create call: the member that it resolves to, or why there is none. */
export interface Dependency {
  readonly member?: Member;
  readonly because?: string;
}

/** Decides whether a missing resource can be created now, and what must come first. */
export function decideCreate(desired: Desired, context: FateContext): CreateFate {
  const carries = carriedRelations(desired, context);
  const dependencies = [
    ...referencedBy(desired, context),
    ...mentioned(desired, context),
    ...carries.map(({ dependency }) => dependency),
  ];
  const power = sourceOff(desired, context);
  const blocked = asReason([
    ...obstacles(desired, context),
    ...dependencies.flatMap(({ because }) => because ?? []),
    ...power.because,
  ]);
  return {
    is: 'create',
    requires: [...new Set([...createsOf(dependencies), ...power.requires])],
    carries: carries.flatMap(({ field, dependency: { member } }) =>
      member ? [{ field, member }] : [],
    ),
    ...(blocked === undefined ? {} : { blocked }),
  };
}

/** Obstacles that no other resource can remove. */
function obstacles({ address, kind, spec }: Desired, context: FateContext): readonly string[] {
  const { schema, singular } = kindOf(context.catalog.kinds, kind);
  return fieldsOf(schema, spec).flatMap(({ path, schema: field, value }) => {
    if (field.serverAssigned)
      return [`there is no ${singular} whose ${path} is ${String(value)}, and the API chooses it`];
    if (!field.writeOnly) return [];
    if (isWriteOnly(value) && value.from === 'keep')
      return [`${path} is { keep: true }, so there is nothing to create it with`];
    return context.written.unreadable(address, path) ?? [];
  });
}

/** The references that the create call carries: fields, and relations that it can carry. */
function referencedBy({ kind, spec }: Desired, context: FateContext): readonly Dependency[] {
  const { schema, relations } = kindOf(context.catalog.kinds, kind);
  const carried = fieldsOf(schema, spec).filter(({ path, schema: field }) =>
    isRelation(field) ? relations?.[path]?.setByOwnCreate : field.updateOnly !== 'afterReady',
  );
  return dependenciesOn(carried, context);
}

/** The dependencies on the references in these fields. */
export const dependenciesOn = (
  fields: readonly DeclaredField[],
  context: FateContext,
): readonly Dependency[] =>
  referencesOf(fields).map((reference) => dependencyOn(reference, context));

const referencesOf = (fields: readonly DeclaredField[]): readonly Reference[] =>
  fields.flatMap(({ schema, value }) =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter(
      (item): item is Reference => schema.references !== undefined && isReference(item),
    ),
  );

/** The creates that bring missing dependencies. */
export const createsOf = (dependencies: readonly Dependency[]): readonly string[] =>
  dependencies.flatMap(({ member }) =>
    member && 'address' in member ? [actionId(member.address, 'create')] : [],
  );

/** The declared resources that free-form fields name. One that is not declared may be live; the API will say. */
const mentioned = ({ kind, spec }: Desired, context: FateContext): readonly Dependency[] =>
  (kindOf(context.catalog.kinds, kind).softReferences?.(spec) ?? []).flatMap((mention) =>
    context.matches.byAddress.has(addressOf(mention.kind, mention.name))
      ? [dependencyOn({ by: 'declared', kind: mention.kind, name: mention.name }, context)]
      : [],
  );

function dependencyOn(reference: Reference, { resolve }: FateContext): Dependency {
  const resolution = resolve(reference);
  switch (resolution.is) {
    case 'id':
      return { member: { id: resolution.id } };
    case 'created':
      return { member: { address: resolution.address } };
    case 'unresolved':
    case 'invalid':
      return { because: resolution.because };
    case 'listNeeded':
      return { because: `${resolution.kind} were not listed` };
  }
}

const carriedRelations = ({ address }: Desired, context: FateContext) =>
  context.carriedBy(address).flatMap(({ field, owner }) => {
    const declared = context.matches.byAddress.get(owner)?.desired;
    if (!declared || declared.lifecycle.manage === 'observe') return [];
    if (deletedByExpiry(declared, context.now) !== undefined) return [];
    const { kind, name } = declared;
    return [{ field, dependency: dependencyOn({ by: 'declared', kind, name }, context) }];
  });

/**
 * The machine that a template or snapshot is made from must be off (FACTS 3.8): it is, or this plan stops it or creates
 * it off.
 */
function sourceOff(
  desired: Desired,
  context: FateContext,
): { readonly requires: readonly string[]; readonly because: readonly string[] } {
  const field = kindOf(context.catalog.kinds, desired.kind).requiresPoweredOff;
  const reference = field === undefined ? undefined : desired.spec[field];
  if (!isReference(reference) || reference.by === 'id') return { requires: [], because: [] };
  const machine = addressOf(reference.kind, reference.name);
  const declared = context.matches.byAddress.get(machine)?.desired;
  const verbs = powerVerbs(declared, context.fates.get(machine));
  const { power } = kindOf(context.catalog.kinds, reference.kind);
  if (verbs.has('stop') && !verbs.has('start'))
    return { requires: [actionId(machine, 'stop')], because: [] };
  const staysOff =
    declared !== undefined && verbs.has('create')
      ? wantedPower(power, declared, context) === 'off'
      : !verbs.has('start') && livePower(reference, context) === 'off';
  return staysOff
    ? { requires: [], because: [] }
    : { requires: [], because: [`${machine} must be off; set its state to off`] };
}

/** The verbs of a fate that change whether a machine runs. */
function powerVerbs(desired: Desired | undefined, fate: Fate | undefined): Set<Action['verb']> {
  if (fate?.is === 'create' || fate?.is === 'replace') return new Set(['create']);
  const verbs = new Set<Action['verb']>();
  if (fate?.is !== 'keep' || desired?.lifecycle.manage === 'observe') return verbs;
  if (fate.power.stop) verbs.add('stop');
  if (fate.power.start) verbs.add('start');
  return verbs;
}

function livePower(reference: Reference, context: FateContext): PowerState | undefined {
  const resolution = context.resolve(reference);
  if (resolution.is !== 'id') return undefined;
  const live = context.snapshot.get(reference.kind)?.byId.get(resolution.id);
  return live && powerOf(kindOf(context.catalog.kinds, reference.kind).power, live);
}
