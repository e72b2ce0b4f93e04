import type { FieldSchema, SpecSchema } from '../../model/kind/schema.ts';

/** The form of a field in YAML, and the schema that declares it. */
export type FieldForm =
  | {
      readonly form: 'reference' | 'references' | 'text' | 'timetable';
      readonly schema: FieldSchema;
      /** The field may also be null. */
      readonly nullable: boolean;
    }
  | { readonly form: 'plain' };

/** Every field of every resource asks for the form of its schema. */
const forms = new WeakMap<FieldSchema, FieldForm>();

/** The form of a field: a reference or a list of them, a write-only text, a timetable, or plain JSON. */
export function formOf(schema: FieldSchema): FieldForm {
  const form = forms.get(schema) ?? findForm(schema);
  forms.set(schema, form);
  return form;
}

function findForm(schema: FieldSchema): FieldForm {
  const schemaForm = formWithoutAlternatives(schema);
  const branch = schemaForm ? schema : schema.anyOf?.find(formWithoutAlternatives);
  const form = schemaForm ?? (branch && formWithoutAlternatives(branch));
  if (!form || !branch) return { form: 'plain' };
  return { form, schema: annotated(branch), nullable: mayBeNull(schema) };
}

function formWithoutAlternatives(
  schema: FieldSchema,
): 'reference' | 'references' | 'text' | 'timetable' | undefined {
  if (schema.timetable) return 'timetable';
  if (schema.items?.references || (schema.references && isOfType(schema, 'array')))
    return 'references';
  if (schema.references) return 'reference';
  const text = schema.secret || (schema.writeOnly && isOfType(schema, 'string'));
  return text ? 'text' : undefined;
}

/** A list of references may carry the annotations itself or on its items. */
const annotated = (schema: FieldSchema): FieldSchema =>
  schema.items?.references ? { ...schema.items, ...schema } : schema;

export const isOfType = ({ type }: FieldSchema, name: string): boolean =>
  type === name || (Array.isArray(type) && type.includes(name));

/** The alternatives of a schema; the schema itself if it has none. */
export const alternativesOf = (schema: FieldSchema): readonly FieldSchema[] =>
  schema.anyOf ?? [schema];

export const mayBeNull = (schema: FieldSchema): boolean =>
  isOfType(schema, 'null') || (schema.anyOf ?? []).some(mayBeNull);

/** The schema of a field of an object; undefined if the object may not have it. */
export function fieldOf(schema: FieldSchema, name: string): FieldSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  const additional = schema.additionalProperties;
  return typeof additional === 'object' ? additional : undefined;
}

/** The alternative of a schema for values of a type. */
export const branchFor = (schema: FieldSchema, type: 'object' | 'array'): FieldSchema =>
  schema.anyOf?.find((branch) => isOfType(branch, type)) ?? schema;

/** The fields whose value is a set that the API changes one member at a time. */
export const setsOf = ({ properties }: SpecSchema, relations: object = {}): readonly string[] =>
  Object.entries(properties)
    .filter(([name, field]) =>
      Object.hasOwn(relations, name)
        ? isOfType(field, 'array')
        : formOf(field).form === 'references',
    )
    .map(([name]) => name);

/** The field names of an object. */
export const namesOf = ({ properties }: SpecSchema): readonly string[] => Object.keys(properties);
