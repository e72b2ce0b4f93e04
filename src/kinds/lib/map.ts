import { Type, type TUnsafe } from 'typebox';
import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Spec } from '../../model/resource.ts';

type Names = { readonly type: 'string' } & Readonly<
  Record<string, string | number | readonly string[]>
>;

/** Returns a relation that maps names to values. Members that are not declared are left as they are. */
export const mapOf = (values: FieldSchema, names: Names, description: string) =>
  Type.Unsafe<Spec>({
    type: 'object',
    description,
    propertyNames: names,
    additionalProperties: values,
    relation: 'map',
  }) as TUnsafe<Spec> & FieldSchema;
