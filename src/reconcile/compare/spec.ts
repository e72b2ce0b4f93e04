import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Reference, Spec, WriteOnly } from '../../model/resource.ts';

/** A declared value with its schema and its path in the spec: `s3Config.bucket`. */
export interface DeclaredField {
  readonly path: string;
  readonly schema: FieldSchema;
  readonly value: unknown;
}

/**
 * Lists the declared fields of a spec, outermost first. An object whose keys the schema describes is taken apart;
 * everything else is one field: scalars, arrays, free-form and partial objects, references, and write-only values.
 */
export function fieldsOf(schema: FieldSchema, spec: Spec): readonly DeclaredField[] {
  const fields: DeclaredField[] = [];
  eachField(schema, spec, (path, field, value) => fields.push({ path, schema: field, value }));
  return fields;
}

/** Visits the declared fields as `fieldsOf` lists them. */
export function eachField(
  schema: FieldSchema,
  spec: Spec,
  visit: (path: string, schema: FieldSchema, value: unknown) => void,
  prefix = '',
): void {
  for (const name in spec) {
    const field = schema.properties?.[name];
    const value = spec[name];
    if (field === undefined || value === undefined) continue;
    const path = prefix === '' ? name : prefix + name;
    if (field.properties && !field.references && !field.partial && isObject(value))
      eachField(field, value, visit, `${path}.`);
    else visit(path, field, value);
  }
}

export const isObject = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the value at a dotted path, or undefined. */
export function valueAt(spec: Spec, path: string): unknown {
  if (!path.includes('.')) return spec[path];
  let value: unknown = spec;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value;
}

/** Builds a spec from values by dotted path. */
export function specOf(values: Iterable<readonly [path: string, value: unknown]>): Spec {
  const spec: Record<string, unknown> = {};
  for (const [path, value] of values) put(spec, path, value);
  return spec;
}

function put(spec: Record<string, unknown>, path: string, value: unknown): void {
  const dot = path.indexOf('.');
  if (dot < 0) spec[path] = value;
  else put((spec[path.slice(0, dot)] ??= {}) as typeof spec, path.slice(dot + 1), value);
}

/** The schema of one part of an object; empty if the schema does not name the part. */
export const partSchemaOf = ({ properties }: FieldSchema, name: string): FieldSchema =>
  properties?.[name] ?? {};

/** The schema of the values of a map; undefined if the field is not a map of described values. */
export const valueSchemaOf = ({ additionalProperties }: FieldSchema): FieldSchema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : undefined;

/** Whether the API changes the field member by member. */
export const isRelation = ({ relation }: FieldSchema): boolean => relation !== undefined;

/** Whether the value is a reference, and not the `keep` that a write-only reference may be. */
export const isReference = (value: unknown): value is Reference => isObject(value) && 'by' in value;

/** Whether the value is write-only. Meaningful only for fields marked so. */
export const isWriteOnly = (value: unknown): value is WriteOnly =>
  isObject(value) && 'from' in value;

/** Lists every reference in a spec, relations included. */
export function referencesIn(
  schema: FieldSchema,
  spec: Spec,
): { readonly path: string; readonly schema: FieldSchema; readonly reference: Reference }[] {
  const found = [];
  for (const field of fieldsOf(schema, spec)) {
    if (!field.schema.references) continue;
    const values = Array.isArray(field.value) ? field.value : [field.value];
    for (const reference of values)
      if (isReference(reference)) found.push({ path: field.path, schema: field.schema, reference });
  }
  return found;
}
