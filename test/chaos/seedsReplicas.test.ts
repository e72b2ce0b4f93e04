import { expect, test } from 'vitest';
import { brokenIn } from './seeds.ts';

test('no rule is broken, whatever happens to processes that share a store: replicas, seeds 1 to 40', async () => {
  expect(await brokenIn(1, 40, { replicas: true })).toEqual([]);
}, 600_000);
