import { expect, test } from 'vitest';
import { brokenIn } from './seeds.ts';

test('seeds 301 to 600 break no rule', async () => {
  expect(await brokenIn(301, 300)).toEqual([]);
}, 600_000);
