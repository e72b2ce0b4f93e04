import { expect, test } from 'vitest';
import { brokenIn } from './seeds.ts';

test('seeds 1 to 1000 break no rule', async () => {
  expect(await brokenIn(1, 1000)).toEqual([]);
}, 600_000);
