import type { FieldSchema, SpecSchema } from '../../model/schema.ts';

/** How a field is written in YAML, and the schema that says so. */
export type FieldForm =
  | {
      readonly form: 'reference' | 'references' | 'text' | 'timetable';
      readonly schema: FieldSchema;
      /** It may also be null. */
      readonly nullable: boolean;
    }
  | { readonly form: 'plain' };

/** How a field is written: as what it names, as a text that the API never shows, as a timetable, or as plain JSON. */
export function formOf(schema: FieldSchema): FieldForm {
  const own = ownForm(schema);
  const branch = own ? schema : schema.anyOf?.find(ownForm);
  const form = own ?? (branch && ownForm(branch));
  if (!form || !branch) return { form: 'plain' };
  return { form, schema: annotated(branch), nullable: mayBeNull(schema) };
}

function ownForm(
  schema: FieldSchema,
): 'reference' | 'references' | 'text' | 'timetable' | undefined {
  if (schema.timetable) return 'timetable';
  if (schema.items?.references || (schema.references && isOfType(schema, 'array')))
    return 'references';
  if (schema.references) return 'reference';
  const text = schema.secret || (schema.writeOnly && isOfType(schema, 'string'));
  return text ? 'text' : undefined;
}

/** A list of references may say so itself or on its items. */
const annotated = (schema: FieldSchema): FieldSchema =>
  schema.items?.references ? { ...schema.items, ...schema } : schema;

export const isOfType = ({ type }: FieldSchema, name: string): boolean =>
  type === name || (Array.isArray(type) && type.includes(name));

/** What a value may be one of: the schema itself where it has no alternatives. */
export const alternativesOf = (schema: FieldSchema): readonly FieldSchema[] =>
  schema.anyOf ?? [schema];

export const mayBeNull = (schema: FieldSchema): boolean =>
  isOfType(schema, 'null') || (schema.anyOf ?? []).some(mayBeNull);

/** The schema of a field of an object, if it may have such a field. */
export function fieldOf(schema: FieldSchema, name: string): FieldSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, name)) return schema.properties[name];
  const others = schema.additionalProperties;
  return typeof others === 'object' ? others : undefined;
}

/** Of the alternatives of a schema, the one for values of that type. */
export const branchFor = (schema: FieldSchema, type: 'object' | 'array'): FieldSchema =>
  schema.anyOf?.find((branch) => isOfType(branch, type)) ?? schema;

/** Fields whose value is a set of which the API changes one member at a time. */
export const setsOf = ({ properties }: SpecSchema, relations: object = {}): readonly string[] =>
  Object.entries(properties)
    .filter(([name, field]) =>
      Object.hasOwn(relations, name)
        ? isOfType(field, 'array')
        : formOf(field).form === 'references',
    )
    .map(([name]) => name);

/** The fields of an object. */
export const namesOf = ({ properties }: SpecSchema): readonly string[] => Object.keys(properties);
