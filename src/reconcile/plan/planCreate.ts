import { actionId, type Action, type FieldChange } from '../../model/pass/plan.ts';
import type { Desired } from '../../model/resource.ts';
import { displayValue } from '../compare/compare.ts';
import { differencesWithin } from '../compare/partialFields.ts';
import { fieldsOf, isRelation, type DeclaredField } from '../compare/spec.ts';
import { kindOf } from '../kindOf.ts';
import { createsOf, dependenciesOn } from './fates/decideCreate.ts';
import type { CreateFate, FateContext } from './fates/fate.ts';
import { asReason, type PlanContext, type ResourcePlan } from './planContext.ts';
import { planRelations } from './relations/planRelations.ts';

/** Plans the creation of a missing resource, and the writes that follow it. */
export function planCreate(
  desired: Desired,
  { requires, carries, blocked }: CreateFate,
  context: FateContext,
): ResourcePlan {
  const { address, kind, name } = desired;
  const changes = declaredChanges(desired, context);
  const relations = planRelations(desired, undefined, context);
  const reason = asReason([...(blocked === undefined ? [] : [blocked]), ...relations.obstacles]);
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
        carries,
        requires,
        ...(blocked === undefined ? {} : { blockedReason: blocked }),
        ...similarNameNote(desired, context),
      },
      ...updatesAfterCreate(desired, context),
      ...relations.actions,
    ],
  };
}

/** The plan for a missing resource that is only observed. */
export const missingButObserved = (desired: Desired, context: PlanContext): ResourcePlan => ({
  status: 'missing',
  changes: declaredChanges(desired, context),
  unverifiable: [],
  reason: 'observed only (lifecycle.manage)',
  actions: [],
});

/** The plan for a missing resource of a kind that the API cannot create. */
export function missingForGood(desired: Desired, context: PlanContext): ResourcePlan {
  const { singular, whenMissing } = kindOf(context.catalog.kinds, desired.kind);
  return {
    status: 'blocked',
    changes: declaredChanges(desired, context),
    unverifiable: [],
    reason: whenMissing ?? `the API cannot create a ${singular}`,
    actions: [],
  };
}

/** A note about an undeclared live resource whose name people would take for this one. */
function similarNameNote({ kind, name }: Desired, context: FateContext): Pick<Action, 'note'> {
  const { adopt, singular } = kindOf(context.catalog.kinds, kind);
  if (adopt) return {};
  const [live] = context.similarlyNamed(kind, name);
  if (!live) return {};
  return {
    note: `warning: the ${singular} "${live.name}" (${live.id}) is there, whose name differs only in case, surrounding space, or Unicode form; this creates another one`,
  };
}

const declaredChanges = ({ kind, spec }: Desired, context: PlanContext): readonly FieldChange[] =>
  fieldsOf(kindOf(context.catalog.kinds, kind).schema, spec)
    .filter(({ schema }) => !isRelation(schema))
    .flatMap(changeFromNothing);

function changeFromNothing(field: DeclaredField): readonly FieldChange[] {
  if (field.schema.partial) return differencesWithin(field, undefined, () => false);
  const { path, schema, value } = field;
  return [{ path, desired: displayValue(schema, value), observed: null }];
}

/** The update with the fields that the API takes in updates only, once the created resource is ready. */
function updatesAfterCreate(desired: Desired, context: FateContext): readonly Action[] {
  const { address, kind, name, spec } = desired;
  const fields = fieldsOf(kindOf(context.catalog.kinds, kind).schema, spec).filter(
    ({ schema }) => schema.updateOnly === 'afterReady',
  );
  if (fields.length === 0) return [];
  const dependencies = dependenciesOn(fields, context);
  const blocked = asReason(dependencies.flatMap(({ because }) => because ?? []));
  return [
    {
      id: actionId(address, 'update'),
      verb: 'update',
      kind,
      name,
      fields: fields.map(({ path }) => path),
      changes: fields.flatMap(changeFromNothing),
      requires: [actionId(address, 'create'), ...createsOf(dependencies)],
      ...(blocked === undefined ? {} : { blockedReason: blocked }),
    },
  ];
}
