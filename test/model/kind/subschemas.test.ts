import { describe, expect, test } from 'vitest';
import type { FieldSchema } from '../../../src/model/kind/schema.ts';
import { fieldsWithin, mapSubschemas } from '../../../src/model/kind/subschemas.ts';

const pathsOf = (schema: FieldSchema): readonly string[] =>
  fieldsWithin(schema).map(({ path }) => path.join('.'));

const inner: FieldSchema = { type: 'object', properties: { size: { type: 'integer' } } };

describe('the fields that a schema describes', () => {
  test.each<{ name: string; because: string; schema: FieldSchema; paths: readonly string[] }>([
    {
      name: 'an object in an object',
      because: 'a field comes before the fields inside it',
      schema: { properties: { disk: inner, name: { type: 'string' } } },
      paths: ['disk', 'disk.size', 'name'],
    },
    {
      name: 'a list of objects',
      because: 'its items are one step of the path',
      schema: { properties: { disks: { type: 'array', items: inner } } },
      paths: ['disks', 'disks.[].size'],
    },
    {
      name: 'a map of objects',
      because: 'its values are one step of the path',
      schema: { properties: { disks: { type: 'object', additionalProperties: inner } } },
      paths: ['disks', 'disks.*.size'],
    },
    {
      name: 'an object or null',
      because: 'the alternative has the fields',
      schema: { properties: { disk: { anyOf: [inner, { type: 'null' }] } } },
      paths: ['disk', 'disk.size'],
    },
    {
      name: 'one of several objects',
      because: 'a value has the fields of one of them',
      schema: { properties: { disk: { oneOf: [inner, inner] } } },
      paths: ['disk'],
    },
    {
      name: 'a timetable',
      because: 'it counts as one field',
      schema: { properties: { state: { timetable: true, anyOf: [inner] } } },
      paths: ['state'],
    },
  ])('$name: $because', ({ schema, paths }) => {
    expect(pathsOf(schema)).toEqual(paths);
  });

  test('say which of them are required', () => {
    const schema = { properties: { name: {}, disk: inner }, required: ['name'] };
    const required = fieldsWithin(schema).filter(({ isRequired }) => isRequired);
    expect(required.map(({ path }) => path)).toEqual([['name']]);
  });
});

describe('a copy of a schema with other schemas inside', () => {
  const named = ({ type }: FieldSchema): string => `a schema of type ${String(type)}`;

  test('has them in place of every schema directly inside it', () => {
    const text: FieldSchema = { type: 'string' };
    expect(
      mapSubschemas(
        {
          description: 'All of them.',
          properties: { name: text },
          items: text,
          anyOf: [text],
          oneOf: [text],
          additionalProperties: text,
        },
        named,
      ),
    ).toEqual({
      description: 'All of them.',
      properties: { name: 'a schema of type string' },
      items: 'a schema of type string',
      anyOf: ['a schema of type string'],
      oneOf: ['a schema of type string'],
      additionalProperties: 'a schema of type string',
    });
  });

  test('keeps whether other properties are allowed', () => {
    expect(mapSubschemas({ additionalProperties: false }, named)).toEqual({
      additionalProperties: false,
    });
  });
});
