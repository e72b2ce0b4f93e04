import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { SchemaValidateFunction } from 'ajv/dist/types/index.js';
import { annotations, type FieldSchema } from '../../model/kind/schema.ts';
import { mapSubschemas } from '../../model/kind/subschemas.ts';
import { formOf } from './fieldForms.ts';
import { durationOf, textForms } from './textForms.ts';

/** Validates values as returned by `valuesOf`. Returns the errors of the JSON Schema validator. */
export type Check = (values: unknown) => readonly ErrorObject[];

/** Compiling the schemas of all kinds takes 100 ms, and a daemon loads its config at every change of a file. */
const checks = new WeakMap<FieldSchema, Check>();

/** The check for a schema, compiled at its first use. */
export function checkOf(schema: FieldSchema): Check {
  const cached = checks.get(schema);
  if (cached) return cached;
  const validate = compile(plainSchema(schema));
  const check: Check = (values) => {
    validate(values);
    return validate.errors ?? [];
  };
  checks.set(schema, check);
  return check;
}

/** Whether all items differ. Ajv reads the errors from a property of the function. */
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

const supportedKeywords: ReadonlySet<string> = new Set(['maxDuration', 'discriminator']);

/**
 * Makes the validator. `strict`: it also checks the schemas, which takes as long as compiling them; the tests do that.
 */
export function createAjv({ strict }: { readonly strict: boolean }): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    discriminator: true,
    strict,
    meta: strict,
    validateSchema: strict,
    ...(strict ? {} : { code: { optimize: false } }),
  });
  // The built-in keyword compares each item with every other one.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: allUnique,
  });
  ajv.addVocabulary(annotations.filter((keyword) => !supportedKeywords.has(keyword)));
  ajv.addKeyword({
    keyword: 'maxDuration',
    type: 'string',
    schemaType: 'string',
    validate: (maxDuration: string, text: string) =>
      milliseconds(text) <= milliseconds(maxDuration),
  });
  for (const [name, { valid }] of Object.entries(textForms)) ajv.addFormat(name, valid);
  return ajv;
}

const ajv = createAjv({ strict: false });

/** Zero for a text that is not a duration: its format reports that. */
const milliseconds = (text: string): number => durationOf(text) ?? 0;

const compile = (schema: object): ValidateFunction => ajv.compile(schema);

/** The schema that a check compiles: without the forms that `valuesOf` resolves. Of a write-only value, only the text is left to check. */
export function plainSchema(schema: FieldSchema): FieldSchema {
  const field = formOf(schema);
  if (field.form === 'text') return textSchema(field.schema, field.nullable);
  if (field.form !== 'plain') return {};
  return mapSubschemas(schema, plainSchema);
}

function textSchema(text: FieldSchema, nullable: boolean): FieldSchema {
  const value: FieldSchema = { type: 'object', properties: { value: text } };
  return nullable ? { anyOf: [{ type: 'null' }, value] } : value;
}
