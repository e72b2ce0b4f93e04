import type { Kinds } from '../../model/kind/kind.ts';
import type { Address, Desired, Spec } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import { isIgnored } from './compare.ts';
import { kindOf } from '../kindOf.ts';
import { fieldsOf, isReference, isRelation } from './spec.ts';

/**
 * Removes fields that a relation of another resource implies (`impliesOnTarget`): a machine with an assigned address is
 * static because of the address, and writing `static` as well would claim a second one. Returns the same resources if
 * nothing is implied.
 */
export function withoutImpliedFields(
  kinds: Kinds,
  resources: readonly Desired[],
): readonly Desired[] {
  const granted = new Map<Address, Spec>();
  for (const desired of resources)
    for (const [target, fields] of impliedFields(kinds, desired)) granted.set(target, fields);
  if (granted.size === 0) return resources;
  return resources.map((desired) => {
    const fields = granted.get(desired.address);
    return fields ? { ...desired, spec: without(desired.spec, fields) } : desired;
  });
}

/** The fields that the relations of a resource imply, by target. A target that is named as live may be declared too. */
const impliedFields = (
  kinds: Kinds,
  { kind, spec, lifecycle }: Desired,
): readonly (readonly [Address, Spec])[] =>
  lifecycle.manage === 'observe'
    ? []
    : fieldsOf(kindOf(kinds, kind).schema, spec).flatMap(({ path, schema, value }) =>
        isRelation(schema) &&
        schema.impliesOnTarget &&
        isReference(value) &&
        value.by !== 'id' &&
        !isIgnored(path, lifecycle.ignoreChanges)
          ? [[addressOf(value.kind, value.name), schema.impliesOnTarget]]
          : [],
      );

const without = (spec: Spec, fields: Spec): Spec =>
  Object.fromEntries(Object.entries(spec).filter(([path, value]) => fields[path] !== value));
