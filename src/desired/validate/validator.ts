import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { SchemaValidateFunction } from 'ajv/dist/types/index.js';
import { annotations, type FieldSchema } from '../../model/schema.ts';
import { formOf } from './fieldForms.ts';
import { durationOf, textForms } from './textForms.ts';

/** What JSON Schema finds wrong with values as `valuesOf` gives them. */
export type Check = (values: unknown) => readonly ErrorObject[];

const checks = new WeakMap<FieldSchema, Check>();

/** The check of a schema, compiled when it is first asked for. */
export function checkOf(schema: FieldSchema): Check {
  const known = checks.get(schema);
  if (known) return known;
  const validate = compile(plainSchema(schema));
  const check: Check = (values) => {
    validate(values);
    return validate.errors ?? [];
  };
  checks.set(schema, check);
  return check;
}

/** Whether all items differ. The library takes the errors from the function. */
const allUnique: SchemaValidateFunction = (_: boolean, items: readonly unknown[]) => {
  const seen = new Map<string, number>();
  const errors: Partial<ErrorObject>[] = [];
  for (const [j, item] of items.entries()) {
    const form = JSON.stringify(item);
    const i = seen.get(form);
    if (i !== undefined) errors.push({ keyword: 'uniqueItems', params: { i, j } });
    seen.set(form, j);
  }
  allUnique.errors = errors;
  return errors.length === 0;
};

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  verbose: true,
  allowUnionTypes: true,
  discriminator: true,
});
// The library's own compares each item with each other one.
ajv.removeKeyword('uniqueItems');
ajv.addKeyword({
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  validate: allUnique,
});
const known: ReadonlySet<string> = new Set(['longest', 'discriminator']);
ajv.addVocabulary(annotations.filter((keyword) => !known.has(keyword)));
ajv.addKeyword({
  keyword: 'longest',
  type: 'string',
  schemaType: 'string',
  validate: (longest: string, text: string) => milliseconds(text) <= milliseconds(longest),
});
for (const [name, { valid }] of Object.entries(textForms)) ajv.addFormat(name, valid);

/** What is no duration is told of by its format. */
const milliseconds = (text: string): number => durationOf(text) ?? 0;

const compile = (schema: object): ValidateFunction => ajv.compile(schema);

/** The schema without what `valuesOf` has looked after: of a write-only value, only its text is left to check. */
function plainSchema(schema: FieldSchema): FieldSchema {
  const field = formOf(schema);
  if (field.form === 'text') return textSchema(field.schema, field.nullable);
  if (field.form !== 'plain') return {};
  return {
    ...schema,
    ...(schema.properties && { properties: mapValues(schema.properties, plainSchema) }),
    ...(schema.items && { items: plainSchema(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(plainSchema) }),
    ...(typeof schema.additionalProperties === 'object' && {
      additionalProperties: plainSchema(schema.additionalProperties),
    }),
  };
}

function textSchema(text: FieldSchema, nullable: boolean): FieldSchema {
  const value: FieldSchema = { type: 'object', properties: { value: text } };
  return nullable ? { anyOf: [{ type: 'null' }, value] } : value;
}

const mapValues = <From, To>(
  values: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
