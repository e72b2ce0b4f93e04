import { describe, expect, test } from 'vitest';
import { ApiError, type Api } from '../../src/model/api.ts';
import type { Trigger } from '../../src/model/pass/report.ts';
import { displayValue } from '../../src/reconcile/compare/compare.ts';
import { observeUnlisted } from '../../src/reconcile/observe/unlisted.ts';
import { kindOf } from '../../src/reconcile/kindOf.ts';
import { referencesOf } from '../../src/reconcile/plan/relations/references.ts';
import { startLoop } from '../../src/reconcile/loop.ts';
import {
  completeListing,
  kindsInUse,
  observe,
  observeRequired,
} from '../../src/reconcile/observe/observe.ts';
import { fieldsOf, valueAt } from '../../src/reconcile/compare/spec.ts';
import { readValues } from '../../src/reconcile/compare/writeOnly.ts';
import { bound, catalog, live, planFor, text, want } from '../support/team.ts';

describe('a secret that is read', () => {
  const password = { from: 'env', name: 'P' } as const;
  const registry = want('containerRegistries', 'r', { password });
  test.each<{ because: string; read: () => Promise<string>; min?: number; is: string }>([
    { because: 'it is there', read: async () => 'hunter2', is: 'a digest of hunter2' },
    {
      because: 'it is not set',
      read: () => Promise.reject(new Error('P is not set')),
      is: 'P is not set',
    },
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what is thrown may be anything
    { because: 'what is thrown may be anything', read: () => Promise.reject('no'), is: 'no' },
    { because: 'it takes a string', read: async () => '', is: 'it is empty' },
    { because: 'eight are needed', read: async () => 'short', min: 8, is: 'it is shorter than 8' },
  ])('$is: $because', async ({ read, min = 1, is }) => {
    const digest = (value: string): string => `a digest of ${value}`;
    const registries = kindOf(catalog.kinds, 'containerRegistries');
    const field = { ...registries.schema.properties['password'], minLength: min };
    const schema = { ...registries.schema, properties: { password: field } };
    const kinds = new Map([['containerRegistries', { ...registries, schema }]]);
    const values = await readValues(kinds, [registry], read, digest);
    const value = values.get('containerRegistries/r')?.get('password');
    expect(value?.ok ? value.digest : value?.because).toBe(is);
  });
});

describe('what is bound and not listed', () => {
  const isYoung = (): boolean => false;
  const asking = (get: () => Promise<undefined>) => {
    const network = catalog.kinds.get('privateNetworks');
    if (!network) throw new Error('there are networks');
    return observeUnlisted(
      { kinds: new Map([['privateNetworks', { ...network, get }]]) },
      new Map([['privateNetworks', completeListing(network, [])]]),
      {
        bindings: new Map([['privateNetworks/n', bound('1')]]),
        obligations: new Map(),
      },
      isYoung,
      {} as Api,
    );
  };

  test('makes the list partial where the API does not say', async () => {
    const seen = await asking(() => Promise.reject(new ApiError('no', { verdict: 'unavailable' })));
    expect(seen.get('privateNetworks')).toMatchObject({ complete: false, error: 'no' });
  });

  test('leaves it complete where it is gone', async () => {
    const seen = await asking(async () => undefined);
    expect(seen.get('privateNetworks')).toMatchObject({ complete: true, items: [] });
  });

  test('is asked for in vain by a bug', async () => {
    await expect(asking(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  });
});

test('a bug in a list is no list that broke off', async () => {
  const network = kindOf(catalog.kinds, 'privateNetworks');
  const list = async function* (): AsyncGenerator<never> {
    yield await Promise.reject(new TypeError('a bug'));
  };
  const kinds = new Map([['privateNetworks', { ...network, list }]]);
  const seen = observe({ ...catalog, kinds }, ['privateNetworks'], {} as Api);
  await expect(seen).rejects.toThrow('a bug');
});

describe('what nobody knows', () => {
  test('is a bug in a list', async () => {
    const api = {} as Api;
    await expect(observe(catalog, ['ghosts'], api)).rejects.toThrow('there is no kind ghosts');
    const need = { list: 'members', kind: 'machines', id: 'm', relation: 'ghosts' } as const;
    await expect(observeRequired(catalog, [need], api)).rejects.toThrow(
      'machines.ghosts has no list of members',
    );
  });

  test('is a bug where it is declared', () => {
    const ghosts = [want('ghosts', 'g', {})];
    const kinds = kindsInUse(catalog, [], [], [new Map([['ghosts/g', {}]])], []);
    expect(kinds).toEqual([]);
    expect(() => kindsInUse(catalog, ghosts, [], [], [])).toThrow('there is no kind ghosts');
  });

  test('is a bug where it is planned without having been looked at', () => {
    const unlisted = ['privateNetworks'];
    const network = [want('privateNetworks', 'n', { region: 'ny2' })];
    expect(() => planFor({ want: network, unlisted })).toThrow('privateNetworks were not listed');
  });

  test('names nothing', () => {
    expect(referencesOf(catalog.kinds, want('ghosts', 'g', { network: 'n' }))).toEqual([]);
  });

  test('is no field', () => {
    const fields = fieldsOf({ properties: { a: {}, b: {} } }, { a: 1, b: undefined, c: 3 });
    expect(fields.map(({ path }) => path)).toEqual(['a']);
  });

  test.each([
    { path: 'a.b', is: 1 },
    { path: 'a.b.c', is: undefined },
    { path: 'x.y', is: undefined },
  ])('is no value: $path', ({ path, is }) => {
    expect(valueAt({ a: { b: 1 } }, path)).toBe(is);
  });
});

test('of a list of texts, each is told as one', () => {
  expect(displayValue({}, [text('a'), { from: 'keep' }])).toEqual(['(text)', '(kept)']);
});

test('of a list of references, each is told by its name, or by the id that is pinned', () => {
  const users = [live('users', 'ada@example.com'), { by: 'id', kind: 'users', id: 'u1' }];
  expect(displayValue({ references: 'users' }, users)).toEqual(['ada@example.com', 'u1']);
});

describe('the loop', () => {
  test('names the first of several triggers, and runs once for all of them', async () => {
    const seen: Trigger[] = [];
    const ran = Promise.withResolvers<void>();
    await using loop = startLoop(async (trigger) => {
      seen.push(trigger);
      ran.resolve();
    });
    loop.request('schedule');
    loop.request('cli');
    await ran.promise;
    expect(seen).toEqual(['schedule']);
  });

  test.each([
    { trigger: 'schedule', because: 'it can wait', hurries: false },
    { trigger: 'request', because: 'somebody waits for it', hurries: true },
  ] as const)('a $trigger hurries what is under way, $hurries: $because', async (row) => {
    const begun = Promise.withResolvers<AbortSignal>();
    const go = Promise.withResolvers<void>();
    await using loop = startLoop(async (_, { stopWaiting }) => {
      begun.resolve(stopWaiting);
      await go.promise;
    });
    loop.request('start');
    const hurry = await begun.promise;
    loop.request(row.trigger);
    expect(hurry.aborted).toBe(row.hurries);
    go.resolve();
  });

  test('that is told to stop ends without a pass', async () => {
    let passes = 0;
    const loop = startLoop(async () => void (passes += 1));
    await loop[Symbol.asyncDispose]();
    await loop.finished;
    expect(passes).toBe(0);
  });
});
