import { describe, expect, test } from 'vitest';
import type { Desired } from '../../../src/model/resource.ts';
import { kindOf } from '../../../src/reconcile/kindOf.ts';
import {
  compareValues,
  readValues,
  type ReadSecret,
  type Values,
  type ValueSource,
} from '../../../src/reconcile/compare/writeOnly.ts';
import { catalog, declared, live, text, want } from '../../support/team.ts';
import { createPassCache } from '../../../src/reconcile/passCache.ts';

const env = (name: string) => ({ from: 'env', name }) as const;
const digest = (value: string): string => `digest of ${value}`;

/** Reads from an environment in which each name stands for itself, but for NONE. */
const readerOf = (asked: string[]) => async (source: object) => {
  const { name } = source as { readonly name: string };
  asked.push(name);
  if (name === 'NONE') throw new Error('NONE is not set');
  return name;
};

const sourceOf = (readSecret: ReadSecret): ValueSource => ({
  readSecret,
  digest,
  cache: createPassCache(),
});

async function read(...resources: readonly Desired[]): Promise<readonly string[]> {
  return saidOf(await readValues(catalog.kinds, resources, sourceOf(readerOf([]))));
}

const saidOf = (values: Values): readonly string[] =>
  [...values].flatMap(([address, own]) =>
    [...own].map(
      ([path, value]) =>
        `${address} ${path}: ${value.ok ? `${value.text}, ${value.digest}` : value.because}`,
    ),
  );

describe('the write-only values of a team', () => {
  test.each<{ because: string; resources: readonly Desired[]; says: readonly string[] }>([
    {
      because: 'a text is at hand, and a secret is read',
      resources: [
        want('startupScripts', 'a', { script: text('echo') }),
        want('startupScripts', 'b', { script: env('S') }),
      ],
      says: [
        'startupScripts/a script: echo, digest of echo',
        'startupScripts/b script: S, digest of S',
      ],
    },
    {
      because: 'one that cannot be read is told, and the others are read',
      resources: [
        want('startupScripts', 'a', { script: env('NONE') }),
        want('startupScripts', 'b', { script: env('S') }),
      ],
      says: ['startupScripts/a script: NONE is not set', 'startupScripts/b script: S, digest of S'],
    },
    {
      because: 'what is kept is not read',
      resources: [want('startupScripts', 'a', { script: { from: 'keep' } })],
      says: [],
    },
    {
      because: 'members of a map are read each, but for those that are kept',
      resources: [
        want('projects', 'p', {
          secrets: { A: text('v'), B: env('S'), C: { from: 'keep' } },
          tags: ['t'],
        }),
      ],
      says: ['projects/p secrets/A: v, digest of v', 'projects/p secrets/B: S, digest of S'],
    },
    {
      because: 'members with fields of their own are no texts',
      resources: [want('datasets', 'd', { versions: { v1: { message: 'First' } } })],
      says: [],
    },
    {
      because: 'a reference counts as it is written',
      resources: [
        want('machines', 'm', { template: live('osTemplates', 'Ubuntu'), region: 'ny2' }),
      ],
      says: [
        'machines/m template: {"by":"live","kind":"osTemplates","name":"Ubuntu"}, digest of {"by":"live","kind":"osTemplates","name":"Ubuntu"}',
      ],
    },
    {
      because: 'a machine is known by its template',
      resources: [
        want('machines', 'm', { template: declared('customTemplates', 'a') }),
        want('machines', 'n', { template: declared('customTemplates', 'b') }),
      ],
      says: [
        'machines/m template: {"by":"declared","kind":"customTemplates","name":"a"}, digest of {"by":"declared","kind":"customTemplates","name":"a"}',
        'machines/n template: {"by":"declared","kind":"customTemplates","name":"b"}, digest of {"by":"declared","kind":"customTemplates","name":"b"}',
      ],
    },
  ])('$because', async ({ resources, says }) => {
    expect(await read(...resources)).toEqual(says);
  });

  test('are read once where they are the same, and again in each pass', async () => {
    const asked: string[] = [];
    const resources = ['a', 'b'].map((name) => want('startupScripts', name, { script: env('S') }));
    const source = sourceOf(readerOf(asked));
    const first = await readValues(catalog.kinds, resources, source);
    expect(asked).toEqual(['S']);
    const second = await readValues(catalog.kinds, resources, source);
    expect(asked).toEqual(['S', 'S']);
    expect(second).not.toBe(first);
  });

  test('are the same again where all stand in YAML, until the digest is another', async () => {
    const resources = [want('startupScripts', 'a', { script: text('echo') })];
    const source = sourceOf(readerOf([]));
    const once = await readValues(catalog.kinds, resources, source);
    expect(await readValues(catalog.kinds, resources, source)).toBe(once);
    const other = await readValues(catalog.kinds, resources, {
      ...source,
      digest: (value) => `x ${value}`,
    });
    expect(saidOf(other)).toEqual(['startupScripts/a script: echo, x echo']);
  });

  test('are read again where one does not stand in YAML', async () => {
    const resources = [
      want('startupScripts', 'a', { script: text('echo') }),
      want('projects', 'p', { secrets: { A: text('v'), B: env('S') } }),
    ];
    const asked: string[] = [];
    const source = sourceOf(readerOf(asked));
    await readValues(catalog.kinds, resources, source);
    await readValues(catalog.kinds, resources, source);
    expect(asked).toEqual(['S', 'S']);
  });
});

describe('held against what was written last', () => {
  const resources = [
    want('startupScripts', 'same', { script: text('a') }),
    want('startupScripts', 'other', { script: text('a') }),
    want('startupScripts', 'new', { script: text('a') }),
    want('startupScripts', 'bad', { script: env('NONE') }),
  ];
  const digests = new Map([
    ['startupScripts/same' as const, { script: 'digest of a' }],
    ['startupScripts/other' as const, { script: 'digest of b' }],
    ['startupScripts/bad' as const, { script: 'digest of b' }],
    ['startupScripts/gone' as const, { script: 'digest of b' }],
  ]);
  test.each([
    { name: 'same', is: true },
    { name: 'other', is: false },
    { name: 'new', is: undefined },
    { name: 'bad', is: undefined, unreadable: 'script: NONE is not set' },
    { name: 'gone', is: undefined },
  ])('$name: $is', async ({ name, is, unreadable }) => {
    const values = await readValues(catalog.kinds, resources, sourceOf(readerOf([])));
    const written = compareValues(values, digests);
    expect(written.is(`startupScripts/${name}`, 'script')).toBe(is);
    expect(written.unreadable(`startupScripts/${name}`, 'script')).toBe(unreadable);
  });
});

describe('reading a password', () => {
  const password = { from: 'env', name: 'P' } as const;
  const registry = want('containerRegistries', 'r', { password });
  test.each<{ because: string; read: () => Promise<string>; min?: number; is: string }>([
    { because: 'it is set', read: async () => 'hunter2', is: 'a digest of hunter2' },
    {
      because: 'it is not set',
      read: () => Promise.reject(new Error('P is not set')),
      is: 'P is not set',
    },
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- a reader may reject with any value
    { because: 'the reader rejects with a string', read: () => Promise.reject('no'), is: 'no' },
    { because: 'an empty value is invalid', read: async () => '', is: 'it is empty' },
    {
      because: 'the schema requires 8 characters',
      read: async () => 'short',
      min: 8,
      is: 'it is shorter than 8',
    },
  ])('$is: $because', async ({ read: readSecret, min = 1, is }) => {
    const registries = kindOf(catalog.kinds, 'containerRegistries');
    const field = { ...registries.schema.properties['password'], minLength: min };
    const schema = { ...registries.schema, properties: { password: field } };
    const kinds = new Map([['containerRegistries', { ...registries, schema }]]);
    const values = await readValues(kinds, [registry], {
      ...sourceOf(readSecret),
      digest: (value) => `a ${digest(value)}`,
    });
    const value = values.get('containerRegistries/r')?.get('password');
    expect(value?.ok ? value.digest : value?.because).toBe(is);
  });
});
