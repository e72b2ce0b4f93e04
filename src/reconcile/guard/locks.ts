import type { Catalog } from '../../model/kind/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Address, Desired } from '../../model/resource.ts';
import { addressOf, referenceText } from '../../model/resource.ts';
import { isRelation, referencesIn } from '../compare/spec.ts';

/**
 * The addresses that an action locks, since the API runs one job per machine at a time (FACTS 9): its machine, or for
 * the create of a snapshot or a template the machine that it is made from. Changes of members are not jobs, so they
 * lock nothing.
 */
export function locksOf(
  { kinds }: Catalog,
  desired: ReadonlyMap<Address, Desired>,
  action: Action,
): readonly string[] {
  if ('relation' in action) return [];
  if (kinds.get(action.kind)?.power) return [addressOf(action.kind, action.name)];
  const declared = desired.get(addressOf(action.kind, action.name));
  const schema = kinds.get(action.kind)?.schema;
  if (action.verb !== 'create' || !declared || !schema) return [];
  return referencesIn(schema, declared.spec)
    .filter(
      ({ schema: field, reference }) => !isRelation(field) && kinds.get(reference.kind)?.power,
    )
    .map(({ reference }) => addressOf(reference.kind, referenceText(reference)));
}
