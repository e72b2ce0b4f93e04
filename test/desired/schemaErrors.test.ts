import { describe, expect, it } from 'vitest';
import type { FieldSchema } from '../../src/model/kind/schema.ts';
import { checkOf } from '../../src/desired/validate/validator.ts';
import { parseDocuments } from '../../src/desired/yaml/document.ts';
import {
  alternativesOf,
  fieldOf,
  formOf,
  isOfType,
  mayBeNull,
} from '../../src/desired/validate/fieldForms.ts';
import { reportSchemaErrors } from '../../src/desired/validate/schemaErrors.ts';
import { collectProblems } from '../../src/desired/problems/problems.ts';
import { toJson } from '../../src/desired/yaml/tree.ts';
import { errorMessage } from '../../src/desired/validate/messages.ts';

/** The messages for a field with that schema. */
const messagesOf = (field: object, value: unknown): readonly string[] => {
  const schema: FieldSchema = { type: 'object', properties: { field } };
  const problems = collectProblems();
  for (const { root } of parseDocuments('', JSON.stringify({ field: value }), problems))
    if (root)
      reportSchemaErrors(checkOf(schema)(toJson(root)), {
        owner: 'x/y',
        whole: { node: root, key: root.at },
        problems,
      });
  return problems.list().map(({ message }) => message);
};

describe('the message for a wrong value', () => {
  it.each<{ name: string; schema: object; value: unknown; message: string }>([
    {
      name: 'one allowed word',
      schema: { const: 'v1' },
      value: 'v2',
      message: 'field of x/y is "v2"; it takes v1',
    },
    {
      name: 'one allowed number',
      schema: { const: 5 },
      value: '5',
      message: 'field of x/y is "5"; it takes 5',
    },
    {
      name: 'allowed values that are not strings',
      schema: { enum: [5, true, null] },
      value: [],
      message: 'field of x/y is a list; it takes 5, true or null',
    },
    {
      name: 'a type',
      schema: { type: 'boolean' },
      value: 5,
      message: 'field of x/y is 5; it takes true or false',
    },
    {
      name: 'several types',
      schema: { type: ['array', 'null'], items: {} },
      value: true,
      message: 'field of x/y is true; it takes a list or null',
    },
    {
      name: 'words or a map',
      schema: { anyOf: [{ enum: ['all', 'none'] }, { type: 'object' }] },
      value: 5,
      message: 'field of x/y is 5; it takes all, none or a map',
    },
    {
      name: 'a format or a number',
      schema: { anyOf: [{ type: 'string', format: 'share' }, { type: 'integer' }] },
      value: true,
      message:
        'field of x/y is true; it takes a percentage such as 30%, or a number or a whole number',
    },
    {
      name: 'one word or a number',
      schema: { anyOf: [{ const: 'all' }, { type: 'integer' }] },
      value: [],
      message: 'field of x/y is a list; it takes all or a whole number',
    },
    {
      name: 'one word, or not a number',
      schema: {
        anyOf: [{ const: 'all' }, { not: { type: 'integer' } }, { not: { type: 'number' } }],
      },
      value: 5,
      message: 'field of x/y is 5; it takes all',
    },
    {
      name: 'alternatives, none of the right type',
      schema: { oneOf: [{ type: 'string' }, { type: 'null' }] },
      value: [],
      message: 'field of x/y is a list; it takes a string or null',
    },
    {
      name: 'alternatives, one of the right type',
      schema: { oneOf: [{ type: 'string' }, { type: 'integer', minimum: 3 }] },
      value: 2,
      message: 'field of x/y is 2; it takes at least 3',
    },
    {
      name: 'alternatives, two of the right type',
      schema: {
        anyOf: [
          { type: 'integer', minimum: 3 },
          { type: 'number', minimum: 2.5 },
        ],
      },
      value: 2,
      message: 'field of x/y is 2; it takes a whole number or a number',
    },
    {
      name: 'one word, or an invalid map',
      schema: {
        anyOf: [
          { const: 'all' },
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        ],
      },
      value: { a: 5 },
      message: 'field.a of x/y is 5; it takes a string',
    },
    {
      name: 'a schema that allows no value',
      schema: { not: {} },
      value: 5,
      message: 'field of x/y is 5, and must not be set here',
    },
    {
      name: 'a keyword without its own message',
      schema: { type: 'integer', multipleOf: 5 },
      value: 7,
      message: 'field of x/y is 7: it must be multiple of 5',
    },
    {
      name: 'a pattern without a title',
      schema: { type: 'string', pattern: '^a' },
      value: 'b',
      message: 'field of x/y is "b"; it takes what matches ^a',
    },
    {
      name: 'a pattern with a title and an example',
      schema: { type: 'string', pattern: '^a', title: 'a word with a', examples: ['ab', 'ac'] },
      value: 'b',
      message: 'field of x/y is "b"; it takes a word with a, such as ab',
    },
    {
      name: 'too few characters',
      schema: { type: 'string', minLength: 2 },
      value: 'a',
      message: 'field of x/y is "a"; it takes at least 2 characters',
    },
    {
      name: 'no items',
      schema: { type: 'array', minItems: 1, items: {} },
      value: [],
      message: 'field of x/y is empty',
    },
    {
      name: 'too many entries',
      schema: { type: 'object', maxProperties: 1 },
      value: { a: 1, b: 2 },
      message: 'field of x/y is too long; it takes at most 1 entry',
    },
    {
      name: 'a number at an exclusive limit',
      schema: { type: 'number', exclusiveMaximum: 5 },
      value: 5,
      message: 'field of x/y is 5; it takes less than 5',
    },
    {
      name: 'a key that does not match',
      schema: { type: 'object', propertyNames: { pattern: '^a', maxLength: 3 } },
      value: { bcde: 1 },
      message: 'a key in field of x/y is "bcde"; it takes at most 3 characters',
    },
    {
      name: 'an unknown field in an object without fields',
      schema: { type: 'object', properties: {}, additionalProperties: false },
      value: { '': 1 },
      message: 'unknown field "" in field of x/y',
    },
    {
      name: 'equal items',
      schema: { type: 'array', uniqueItems: true, items: {} },
      value: ['a', 'b', 'b'],
      message: 'field[2] of x/y repeats "b", an earlier item',
    },
    {
      name: 'keys that look like a path',
      schema: {
        type: 'object',
        additionalProperties: { type: 'object', properties: { a: {} }, required: ['a'] },
      },
      value: { 'a/b~1': {} },
      message: 'missing field "a" in field.a/b~1 of x/y',
    },
  ])('$name', ({ schema, value, message }) => {
    expect(messagesOf(schema, value)).toEqual([message]);
  });

  it('is reported for each value of a field', () => {
    const number = { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] };
    expect(messagesOf({ type: 'array', items: number }, [0, 'x', null, 1])).toEqual([
      'field[0] of x/y is 0; it takes at least 1',
      'field[1] of x/y is "x"; it takes a whole number or null',
    ]);
  });

  it('is reported for the eleventh value, whatever is wrong with the second', () => {
    const item = {
      anyOf: [
        { type: 'integer', minimum: 1 },
        { type: 'object', properties: { a: { type: 'string' } } },
      ],
    };
    const values = [1, 0, 1, 1, 1, 1, 1, 1, 1, 1, { a: 5 }];
    expect(messagesOf({ type: 'array', items: item }, values)).toEqual([
      'field[1] of x/y is 0; it takes at least 1',
      'field[10].a of x/y is 5; it takes a string',
    ]);
  });
});

it('an unknown format is shown by its name', () => {
  const error = {
    keyword: 'format',
    params: { format: 'colour' },
    instancePath: '',
    schemaPath: '',
  };
  const node = { type: 'scalar', at: { file: 'a', line: 1, column: 1 }, value: 'x' } as const;
  expect(errorMessage(error, node)).toBe('is "x"; it takes a string of the form colour');
});

describe('the form of a field', () => {
  it.each<{
    because: string;
    schema: FieldSchema;
    form: string;
    kind?: string;
    nullable?: boolean;
  }>([
    { because: 'plain JSON', schema: { type: 'string' }, form: 'plain' },
    {
      because: 'a reference',
      schema: { type: 'string', references: 'machines' },
      form: 'reference',
      kind: 'machines',
      nullable: false,
    },
    {
      because: 'a reference or null',
      schema: { anyOf: [{ type: 'string', references: 'machines' }, { type: 'null' }] },
      form: 'reference',
      kind: 'machines',
      nullable: true,
    },
    {
      because: 'references, annotated on the list',
      schema: { type: 'array', items: { type: 'string' }, references: 'machines' },
      form: 'references',
      kind: 'machines',
      nullable: false,
    },
    {
      because: 'references, annotated on the items',
      schema: { type: 'array', items: { type: 'string', references: 'machines' } },
      form: 'references',
      kind: 'machines',
      nullable: false,
    },
    {
      because: 'a write-only text or null',
      schema: { type: ['string', 'null'], writeOnly: true },
      form: 'text',
      nullable: true,
    },
    {
      because: 'plain JSON, if no text is write-only',
      schema: { type: 'object', writeOnly: true },
      form: 'plain',
    },
  ])('$because', ({ schema, form, kind, nullable }) => {
    const field = formOf(schema);
    expect(field.form).toBe(form);
    expect(field.form === 'plain' ? [] : [field.schema.references, field.nullable]).toEqual(
      form === 'plain' ? [] : [kind, nullable],
    );
  });

  it('has alternatives, which may be the schema itself', () => {
    const text = { type: 'string' };
    expect(alternativesOf(text)).toEqual([text]);
    expect(alternativesOf({ anyOf: [text, { type: 'null' }] })).toEqual([text, { type: 'null' }]);
    expect(isOfType({ type: ['string', 'null'] }, 'null')).toBe(true);
    expect(isOfType({ type: ['string', 'null'] }, 'object')).toBe(false);
    expect(mayBeNull({ type: ['string', 'null'] })).toBe(true);
    expect(mayBeNull(text)).toBe(false);
  });

  it('has the schema of its name, or of additional properties', () => {
    const text = { type: 'string' };
    const number = { type: 'number' };
    const schema = { properties: { a: text }, additionalProperties: number };
    expect(fieldOf(schema, 'a')).toBe(text);
    expect(fieldOf(schema, 'constructor')).toBe(number);
    expect(fieldOf({ properties: { a: text }, additionalProperties: false }, 'b')).toBe(undefined);
    expect(fieldOf({ additionalProperties: true }, 'b')).toBe(undefined);
  });
});
