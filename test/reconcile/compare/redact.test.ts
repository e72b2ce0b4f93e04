import { describe, expect, test } from 'vitest';
import type { FieldSchema } from '../../../src/model/kind/schema.ts';
import {
  redactChanges,
  redactDeclared,
  redactLive,
} from '../../../src/reconcile/compare/redact.ts';
import { declared, text } from '../../support/team.ts';

const secret = { writeOnly: true, secret: true } as const;
const schema: FieldSchema = {
  properties: {
    size: {},
    network: { references: 'privateNetworks' },
    members: { references: 'machines', relation: 'set' },
    script: { writeOnly: true },
    password: secret,
    config: {
      properties: { image: {}, env: { items: { properties: { value: { sensitive: true } } } } },
    },
    secrets: { additionalProperties: secret },
    free: { additionalProperties: true },
  },
};

describe('a declared spec, for people', () => {
  test.each<{ name: string; because: string; field: string; value: unknown; shown: unknown }>([
    { name: 'a number', because: 'it is what it is', field: 'size', value: 5, shown: 5 },
    {
      name: 'a reference',
      because: 'people know names',
      field: 'network',
      value: declared('privateNetworks', 'n'),
      shown: 'n',
    },
    {
      name: 'a pinned reference',
      because: 'an id is told as one',
      field: 'network',
      value: { by: 'id', kind: 'privateNetworks', id: 'n1' },
      shown: { id: 'n1' },
    },
    {
      name: 'members',
      because: 'each is named',
      field: 'members',
      value: [declared('machines', 'a'), { by: 'id', kind: 'machines', id: 'm1' }],
      shown: ['a', { id: 'm1' }],
    },
    {
      name: 'a text',
      because: 'what is only written is not shown',
      field: 'script',
      value: text('echo'),
      shown: '(text)',
    },
    {
      name: 'a plain write-only value',
      because: 'it stands in YAML as it is',
      field: 'script',
      value: 's3',
      shown: 's3',
    },
    {
      name: 'a secret as text',
      because: 'it is never told',
      field: 'password',
      value: text('hunter2'),
      shown: '(secret)',
    },
    {
      name: 'kept',
      because: 'there is nothing to read',
      field: 'password',
      value: { from: 'keep' },
      shown: { keep: true },
    },
    {
      name: 'from the environment',
      because: 'where it is read is no secret',
      field: 'password',
      value: { from: 'env', name: 'TOKEN' },
      shown: { env: 'TOKEN' },
    },
    {
      name: 'from a file',
      because: 'where it is read is no secret',
      field: 'password',
      value: { from: 'file', path: 'p' },
      shown: { file: 'p' },
    },
    {
      name: 'from SOPS',
      because: 'where it is read is no secret',
      field: 'password',
      value: { from: 'sops', path: 'p', key: 'k' },
      shown: { sops: 'p', key: 'k' },
    },
    {
      name: 'a map of secrets',
      because: 'its members are as secret',
      field: 'secrets',
      value: { A: { from: 'env', name: 'X' }, B: text('hunter2') },
      shown: { A: { env: 'X' }, B: '(secret)' },
    },
    {
      name: 'free form',
      because: 'nothing is known of it, and nothing is hidden',
      field: 'free',
      value: { a: [{ b: null }] },
      shown: { a: [{ b: null }] },
    },
    {
      name: 'what may be a secret',
      because: 'only what names one is told',
      field: 'config',
      value: {
        image: 'i',
        env: [{ value: 'hunter2' }, { value: 'secret:T' }, { value: null }, { value: 7 }],
      },
      shown: {
        image: 'i',
        env: [{ value: '(hidden)' }, { value: 'secret:T' }, { value: null }, { value: '(hidden)' }],
      },
    },
    {
      name: 'what the schema does not know',
      because: 'it is left as it is',
      field: 'other',
      value: { a: 1 },
      shown: { a: 1 },
    },
  ])('$name: $because', ({ field, value, shown }) => {
    expect(redactDeclared(schema, { [field]: value })).toEqual({ [field]: shown });
  });
});

test('a live spec is told as it is, but for what may be a secret', () => {
  const live = {
    size: 5,
    network: 'n1',
    script: text('echo'),
    config: { env: [{ value: 'hunter2' }] },
  };
  expect(redactLive(schema, live)).toEqual({
    ...live,
    config: { env: [{ value: '(hidden)' }] },
  });
});

test('of a difference in what may be a secret, neither side is told', () => {
  const change = (path: string, desired: unknown, observed: unknown) => ({
    path,
    desired,
    observed,
  });
  expect(
    redactChanges(schema, [
      change('size', 5, 6),
      change('config.env[0].value', 'hunter2', 'hunter3'),
      change('config.env[0]', { value: 'hunter2' }, null),
      change('config.other.deep[2].er', 1, 2),
      change('password', text('hunter2'), null),
      change('', 1, 2),
    ]),
  ).toEqual([
    change('size', 5, 6),
    change('config.env[0].value', '(hidden)', '(hidden)'),
    change('config.env[0]', { value: '(hidden)' }, null),
    change('config.other.deep[2].er', 1, 2),
    change('password', '(secret)', '(secret)'),
    change('', 1, 2),
  ]);
});
