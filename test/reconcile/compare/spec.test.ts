import { expect, test } from 'vitest';
import type { FieldSchema } from '../../../src/model/kind/schema.ts';
import type { Spec } from '../../../src/model/resource.ts';
import {
  fieldsOf,
  referencesIn,
  specOf,
  valueAt,
  valueSchemaOf,
} from '../../../src/reconcile/compare/spec.ts';
import { declared } from '../../support/team.ts';

const inner = { properties: { deep: {}, list: {} } };
const schema: FieldSchema = {
  properties: {
    plain: {},
    object: { properties: { part: {}, inner } },
    partial: { ...inner, partial: true },
    reference: { ...inner, references: 'machines' },
    machines: { references: 'machines', relation: 'set' },
  },
};

test.each<{ because: string; spec: Spec; fields: readonly string[] }>([
  { because: 'a field is itself', spec: { plain: 1 }, fields: ['plain'] },
  { because: 'what is not in the schema is no field', spec: { other: 1 }, fields: [] },
  { because: 'what is not set is not declared', spec: { plain: undefined }, fields: [] },
  {
    because: 'an object that is described is taken apart, and so are its parts',
    spec: { object: { part: 1, inner: { deep: 1, list: [] } } },
    fields: ['object.part', 'object.inner.deep', 'object.inner.list'],
  },
  { because: 'what is no object is not', spec: { object: null }, fields: ['object'] },
  { because: 'a list is not', spec: { object: [1] }, fields: ['object'] },
  { because: 'a partial object is one field', spec: { partial: { deep: 1 } }, fields: ['partial'] },
  { because: 'so is a reference', spec: { reference: { deep: 1 } }, fields: ['reference'] },
])('fields: $because', ({ spec, fields }) => {
  expect(fieldsOf(schema, spec).map(({ path }) => path)).toEqual(fields);
});

test('a schema that describes nothing has no fields', () => {
  expect(fieldsOf({}, { plain: 1 })).toEqual([]);
});

test.each<{ path: string; value: unknown }>([
  { path: 'a', value: { b: { c: 1 } } },
  { path: 'a.b', value: { c: 1 } },
  { path: 'a.b.c', value: 1 },
  { path: 'a.x.c', value: undefined },
  { path: 'a.b.c.d', value: undefined },
  { path: 'list.0', value: undefined },
])('the value at $path', ({ path, value }) => {
  expect(valueAt({ a: { b: { c: 1 } }, list: [1] }, path)).toEqual(value);
});

test('values at paths make a spec, and those in one object stand together', () => {
  expect(
    specOf([
      ['plain', 1],
      ['s3.bucket', 'b'],
      ['s3.deep.key', 'k'],
      ['s3.region', 'r'],
    ]),
  ).toEqual({ plain: 1, s3: { bucket: 'b', deep: { key: 'k' }, region: 'r' } });
});

test('references are found where the schema says so, alone and in lists', () => {
  const [a, b] = [declared('machines', 'a'), declared('machines', 'b')];
  const spec = { plain: a, reference: a, machines: [a, 'text', b] };
  expect(referencesIn(schema, spec).map(({ path, reference }) => [path, reference])).toEqual([
    ['reference', a],
    ['machines', a],
    ['machines', b],
  ]);
});

test.each([
  {
    because: 'a map says what its values are like',
    of: { additionalProperties: inner },
    is: inner,
  },
  { because: 'any value will do', of: { additionalProperties: true }, is: undefined },
  { because: 'it is no map', of: {}, is: undefined },
] as { because: string; of: FieldSchema; is: FieldSchema | undefined }[])(
  'the values of a map: $because',
  ({ of, is }) => {
    expect(valueSchemaOf(of)).toEqual(is);
  },
);

test('undeclared fields and fields outside the schema are left out', () => {
  const fields = fieldsOf({ properties: { a: {}, b: {} } }, { a: 1, b: undefined, c: 3 });
  expect(fields.map(({ path }) => path)).toEqual(['a']);
});

test.each([
  { path: 'a.b', is: 1 },
  { path: 'a.b.c', is: undefined },
  { path: 'x.y', is: undefined },
])('the value at $path is $is', ({ path, is }) => {
  expect(valueAt({ a: { b: 1 } }, path)).toBe(is);
});
