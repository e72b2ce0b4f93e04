import type { Desired, Observed } from '../../../model/resource.ts';
import { isIgnored } from '../../compare/compare.ts';
import { planMap } from './planMap.ts';
import { planSet } from './planSet.ts';
import { kindOf } from '../../kindOf.ts';
import type { FateContext } from '../fates/fate.ts';
import type { RelationChange, RelationInstance, RelationPlan } from './relationInstance.ts';
import { fieldsOf, valueSchemaOf } from '../../compare/spec.ts';

const joined = (parts: readonly RelationChange[]): RelationPlan => ({
  actions: parts.flatMap(({ actions }) => actions ?? []),
  changes: parts.flatMap(({ changes }) => changes ?? []),
  obstacles: parts.flatMap(({ obstacle }) => obstacle ?? []),
  pending: parts.flatMap(({ pending }) => pending ?? []),
  unverifiable: parts.flatMap(({ unverifiable }) => unverifiable ?? []),
});

const noRelations = joined([]);

/**
 * Plans the changes from the live to the declared members. `live` is undefined for a resource that is not created yet.
 */
export function planRelations(
  desired: Desired,
  live: Observed | undefined,
  context: FateContext,
): RelationPlan {
  const { schema, relations } = kindOf(context.catalog.kinds, desired.kind);
  if (!relations) return noRelations;
  const instances = fieldsOf(schema, desired.spec).flatMap((field): readonly RelationInstance[] => {
    const relation = relations[field.path];
    const memberKind = field.schema.references ?? '';
    return relation && !isIgnored(field.path, desired.lifecycle.ignoreChanges)
      ? [{ desired, live, relation, memberKind, ...field }]
      : [];
  });
  if (instances.length === 0) return noRelations;
  const { actions, ...rest } = joined(
    instances.flatMap((instance) => {
      const values = valueSchemaOf(instance.schema);
      return values ? planMap({ ...instance, values }, context) : planSet(instance, context);
    }),
  );
  return { ...rest, actions: desired.lifecycle.manage === 'observe' ? [] : actions };
}
