import { expect, test } from 'vitest';
import { brokenIn } from './seeds.ts';

test('seeds 201 to 400 break no rule', async () => {
  expect(await brokenIn(201, 200)).toEqual([]);
}, 600_000);
