import { describe, expect, test } from 'vitest';
import { createPassCache } from '../../src/reconcile/passCache.ts';

describe('a value of the cache', () => {
  const team = ['a'];
  test.each([
    { because: 'the inputs are the same', inputs: [team, 1], computed: 1 },
    { because: 'an input is equal but another object', inputs: [['a'], 1], computed: 2 },
    { because: 'an input is missing', inputs: [team], computed: 2 },
    { because: 'the inputs are in another order', inputs: [1, team], computed: 2 },
    { because: 'the name is another', name: 'other', inputs: [team, 1], computed: 2 },
    { because: 'it no longer holds', inputs: [team, 1], holds: false, computed: 2 },
  ])(
    'is computed $computed times if $because',
    ({ inputs, name = 'names', holds = true, computed }) => {
      const cache = createPassCache();
      let times = 0;
      const compute = (): number => (times += 1);
      cache.of('names', [team, 1], compute);
      const value = cache.of(name, inputs, compute, () => holds);
      expect([times, value]).toEqual([computed, computed]);
    },
  );

  test('that is undefined is kept too', () => {
    const cache = createPassCache();
    cache.of('nothing', [], () => undefined);
    expect(cache.of<string | undefined>('nothing', [], () => 'computed again')).toBeUndefined();
  });

  test('is gone after an error in computing it', () => {
    const cache = createPassCache();
    cache.of('value', [1], () => 'of 1');
    const failing = (): never => {
      throw new Error('a bug');
    };
    expect(() => cache.of('value', [2], failing)).toThrow('a bug');
    expect(cache.of('value', [1], () => 'again')).toBe('again');
  });

  test('is released together with all that was computed from it', () => {
    const cache = createPassCache();
    let costs = 0;
    const listing = (page: number): object => cache.of('listing', [page], () => ({ page }));
    const plan = (of: object): object => cache.of('plan', [of], () => ({ of }));
    const cost = (of: object): number => cache.of('cost', [of], () => (costs += 1));
    const firstPlan = plan(listing(1));
    expect([cost(firstPlan), cost(firstPlan)]).toEqual([1, 1]);
    listing(2);
    expect(cost(firstPlan)).toBe(2);
  });
});
