import { describe, expect, test } from 'vitest';
import type { FieldSchema } from '../../../src/model/kind/schema.ts';
import {
  differencesWithin,
  laidOver,
  sameWhole,
} from '../../../src/reconcile/compare/partialFields.ts';

interface Row {
  readonly name: string;
  readonly because: string;
  readonly schema?: FieldSchema;
  readonly declared: unknown;
  readonly live: unknown;
  /** The parts that differ: path, what is declared and what is told of what is live. */
  readonly differ: readonly (readonly [path: string, desired: unknown, observed: unknown])[];
}

const secretive: FieldSchema = {
  properties: { env: { properties: { value: { sensitive: true } } } },
};

describe('of an object in part', () => {
  test.each<Row>([
    {
      name: 'what is not declared',
      because: 'it is left as it is',
      declared: { replicas: 1 },
      live: { replicas: 1, region: 'ny2' },
      differ: [],
    },
    {
      name: 'an object in place of which there is null',
      because: 'each part of it is missing',
      declared: { resources: { replicas: 1 } },
      live: { resources: null },
      differ: [['config.resources.replicas', 1, null]],
    },
    {
      name: 'an object in place of which there is a number',
      because: 'it is another thing as a whole',
      declared: { resources: { replicas: 1 } },
      live: { resources: 3 },
      differ: [['config.resources', { replicas: 1 }, 3]],
    },
    {
      name: 'a list that is as long',
      because: 'it is compared item by item',
      declared: { ports: [80, 443] },
      live: { ports: [80, 8443] },
      differ: [['config.ports[1]', 443, 8443]],
    },
    {
      name: 'a list that is longer',
      because: 'nobody knows which item is which',
      declared: { ports: [80] },
      live: { ports: [80, 443] },
      differ: [['config.ports', [80], [80, 443]]],
    },
    {
      name: 'a text in place of which there is an object',
      because: 'what may be a secret in it is not told',
      schema: secretive,
      declared: { env: 'none' },
      live: { env: { name: 'TOKEN', value: 'hunter2' } },
      differ: [['config.env', 'none', { name: 'TOKEN', value: '(hidden)' }]],
    },
    {
      name: 'a list in which there are objects',
      because: 'what may be a secret in them is not told',
      schema: { properties: { env: { items: { properties: { value: { sensitive: true } } } } } },
      declared: { env: [] },
      live: { env: [{ name: 'TOKEN', value: 'hunter2' }] },
      differ: [['config.env', [], [{ name: 'TOKEN', value: '(hidden)' }]]],
    },
  ])('$name: $because', ({ schema = {}, declared, live, differ }) => {
    const field = { path: 'config', schema, value: declared };
    const found = differencesWithin(field, live, () => false);
    expect(found.map(({ path, desired, observed }) => [path, desired, observed])).toEqual(differ);
  });
});

describe('what is sent of an object that is one field', () => {
  test.each<{
    because: string;
    declared: unknown;
    live: unknown;
    ignored?: readonly string[];
    sent: unknown;
  }>([
    { because: 'nothing is live', declared: { a: 1 }, live: undefined, sent: { a: 1 } },
    { because: 'null is nothing', declared: { a: 1 }, live: null, sent: { a: 1 } },
    {
      because: 'nothing is live, not even of what is ignored',
      declared: { a: 1 },
      live: {},
      ignored: ['config.a'],
      sent: { a: 1 },
    },
    {
      because: 'what is not declared stays',
      declared: { a: 1 },
      live: { b: 2 },
      sent: { a: 1, b: 2 },
    },
    { because: 'what is declared counts', declared: { a: 1 }, live: { a: 2 }, sent: { a: 1 } },
    {
      because: 'so it is inside of it',
      declared: { a: { b: 1 } },
      live: { a: { b: 2, c: 3 } },
      sent: { a: { b: 1, c: 3 } },
    },
    {
      because: 'what is ignored stays, and nothing beside it',
      declared: { a: { b: 1, c: 1 } },
      live: { a: { b: 2, c: 2 } },
      ignored: ['config.a.b'],
      sent: { a: { b: 2, c: 1 } },
    },
    {
      because: 'lists are as declared',
      declared: { a: [1] },
      live: { a: [2, 3] },
      sent: { a: [1] },
    },
    {
      because: 'a text stands for itself',
      declared: { a: 'x' },
      live: { a: { b: 1 } },
      sent: { a: 'x' },
    },
    {
      because: 'an object takes its place',
      declared: { a: { b: 1 } },
      live: { a: 2 },
      sent: { a: { b: 1 } },
    },
  ])('$because', ({ declared, live, ignored = [], sent }) => {
    expect(laidOver(declared, live, 'config', (path) => ignored.includes(path))).toEqual(sent);
  });
});

describe('two values', () => {
  test.each<{
    because: string;
    schema?: FieldSchema;
    values: readonly [unknown, unknown];
    same: boolean;
  }>([
    { because: 'they are one', values: [1, 1], same: true },
    { because: 'they are two', values: [1, 2], same: false },
    { because: 'case counts', values: ['a', 'A'], same: false },
    {
      because: 'case does not count',
      schema: { caseInsensitive: true },
      values: ['a', 'A'],
      same: true,
    },
    { because: 'texts differ', schema: { caseInsensitive: true }, values: ['a', 'b'], same: false },
    {
      because: 'a text is no number',
      schema: { caseInsensitive: true },
      values: ['1', 1],
      same: false,
    },
    {
      because: 'a number is no text',
      schema: { caseInsensitive: true },
      values: [1, '1'],
      same: false,
    },
    { because: 'not a number is never the same', values: [Number.NaN, Number.NaN], same: false },
    { because: 'objects are alike', values: [{ a: [1] }, { a: [1] }], same: true },
    { because: 'objects are not', values: [{ a: [1] }, { a: [2] }], same: false },
  ])('$values: $because', ({ schema = {}, values: [one, other], same }) => {
    expect(sameWhole(schema, one, other)).toBe(same);
  });
});

test('what is ignored in it does not differ', () => {
  const field = { path: 'config', schema: {}, value: { a: 1, b: 1 } };
  const found = differencesWithin(field, { a: 2, b: 2 }, (path) => path === 'config.a');
  expect(found.map(({ path }) => path)).toEqual(['config.b']);
});

test('of an object in place of which there is nothing, each part is missing', () => {
  const field = { path: 'config', schema: {}, value: { a: { b: 1 }, c: 1 } };
  expect(differencesWithin(field, undefined, () => false)).toEqual([
    { path: 'config.a.b', desired: 1, observed: null },
    { path: 'config.c', desired: 1, observed: null },
  ]);
});
