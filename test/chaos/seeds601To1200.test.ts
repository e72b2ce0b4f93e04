import { expect, test } from 'vitest';
import { brokenIn } from './seeds.ts';

test('seeds 601 to 1200 break no rule', async () => {
  expect(await brokenIn(601, 600)).toEqual([]);
}, 600_000);
