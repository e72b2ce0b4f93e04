import { expect, test } from 'vitest';
import { statuses } from '../../src/model/pass/plan.ts';
import { readPage } from '../support/docs.ts';

test('the guide to drift reports describes every status', () => {
  const rows = readPage('docs/guide-drift.md').matchAll(/^\| `(\w+)` \|/gm);
  expect([...rows].map(([, status]) => status)).toEqual(statuses);
});
