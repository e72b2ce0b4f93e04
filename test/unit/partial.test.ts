import { describe, expect, test } from 'vitest';
import type { FieldSchema } from '../../src/model/kind.ts';
import { differencesWithin } from '../../src/reconcile/partial.ts';

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
