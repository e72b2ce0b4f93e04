import type { FieldSchema, Keywords, Subschemas } from './schema.ts';

/** Copies a schema, with each schema directly inside it replaced by the result of `map`. */
export function mapSubschemas<Inner>(
  schema: FieldSchema,
  map: (inner: FieldSchema) => Inner,
): Keywords & Subschemas<Inner> {
  const { properties, items, anyOf, oneOf, additionalProperties, ...keywords } = schema;
  return {
    ...keywords,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, map(field)]),
      ),
    }),
    ...(items && { items: map(items) }),
    ...(anyOf && { anyOf: anyOf.map(map) }),
    ...(oneOf && { oneOf: oneOf.map(map) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object' ? map(additionalProperties) : additionalProperties,
    }),
  };
}

/** The step of a field's path into the items of a list. */
export const itemStep = '[]';

/** The step of a field's path into the values of a map. */
export const valueStep = '*';

/** A field that a schema describes. */
export interface DescribedField {
  /** The property names that lead to it, with `itemStep` and `valueStep` between them. */
  readonly path: readonly [string, ...string[]];
  readonly schema: FieldSchema;
  readonly isRequired: boolean;
}

/**
 * Lists the fields that a schema describes, at any depth, each before the fields inside it. A timetable counts as one
 * field. The alternatives of a `oneOf` are not listed: a value has the fields of one of them.
 */
export const fieldsWithin = (schema: FieldSchema): readonly DescribedField[] =>
  schema.timetable
    ? []
    : [
        ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
          {
            path: [name],
            schema: field,
            isRequired: schema.required?.includes(name) ?? false,
          } as const,
          ...under(name, field),
        ]),
        ...(schema.items ? under(itemStep, schema.items) : []),
        ...(schema.anyOf ?? []).flatMap(fieldsWithin),
        ...(typeof schema.additionalProperties === 'object'
          ? under(valueStep, schema.additionalProperties)
          : []),
      ];

const under = (step: string, schema: FieldSchema): readonly DescribedField[] =>
  fieldsWithin(schema).map((field) => ({ ...field, path: [step, ...field.path] }));
