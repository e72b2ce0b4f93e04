import type { FieldChange, Action } from '../../../model/pass/plan.ts';
import type { Desired, Observed } from '../../../model/resource.ts';
import { isIgnored } from '../../compare/compare.ts';
import { planMap } from './planMap.ts';
import { planSet } from './planSet.ts';
import { kindOf } from '../../kindOf.ts';
import { type Planning } from '../planContext.ts';
import type { Side } from './relationInstance.ts';
import { fieldsOf, valueSchemaOf } from '../../compare/spec.ts';

/** The member-by-member changes of relations, what cannot be changed and why, and what must be waited for. */
export interface RelationPlan {
  readonly actions: readonly Action[];
  readonly changes: readonly FieldChange[];
  readonly obstacles: readonly string[];
  readonly pending: readonly string[];
  /** Relations whose members were not read in this pass. */
  readonly unverifiable: readonly string[];
}

/** What one member, or one relation, adds to that. */
export interface Part {
  readonly actions?: readonly Action[];
  readonly changes?: readonly FieldChange[];
  readonly obstacle?: string;
  readonly pending?: string;
  readonly unverifiable?: string;
}

/** Several parts as one plan. */
const joined = (parts: readonly Part[]): RelationPlan => ({
  actions: parts.flatMap(({ actions }) => actions ?? []),
  changes: parts.flatMap(({ changes }) => changes ?? []),
  obstacles: parts.flatMap(({ obstacle }) => obstacle ?? []),
  pending: parts.flatMap(({ pending }) => pending ?? []),
  unverifiable: parts.flatMap(({ unverifiable }) => unverifiable ?? []),
});

const noRelations = joined([]);

/** The differences between the declared and the live members. `live` is undefined for a resource that is yet to be created. */
export function planRelations(
  desired: Desired,
  live: Observed | undefined,
  planning: Planning,
): RelationPlan {
  const { schema, relations } = kindOf(planning.catalog.kinds, desired.kind);
  if (!relations) return noRelations;
  const sides = fieldsOf(schema, desired.spec).flatMap((field): readonly Side[] => {
    const relation = relations[field.path];
    const memberKind = field.schema.references ?? '';
    return relation && !isIgnored(field.path, desired.lifecycle.ignoreChanges)
      ? [{ desired, live, relation, memberKind, ...field }]
      : [];
  });
  if (sides.length === 0) return noRelations;
  const { actions, ...rest } = joined(
    sides.flatMap((side) => {
      const values = valueSchemaOf(side.schema);
      return values ? planMap({ ...side, values }, planning) : planSet(side, planning);
    }),
  );
  return { ...rest, actions: desired.lifecycle.manage === 'observe' ? [] : actions };
}
