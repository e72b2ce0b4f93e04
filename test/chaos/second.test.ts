import { expect, test } from 'vitest';
import { brokenIn } from './seeds.ts';

test('seeds 1001 to 2000 break no rule', async () => {
  expect(await brokenIn(1001, 1000)).toEqual([]);
}, 600_000);
