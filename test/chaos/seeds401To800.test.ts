import { expect, test } from 'vitest';
import { brokenIn } from './seeds.ts';

test('seeds 401 to 800 break no rule', async () => {
  expect(await brokenIn(401, 400)).toEqual([]);
}, 600_000);
