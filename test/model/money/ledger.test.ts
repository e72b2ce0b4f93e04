import { expect, test } from 'vitest';
import { costsBetween, type RateGroup } from '../../../src/model/money/ledger.ts';

const group = (over: Partial<RateGroup> = {}): RateGroup => ({
  kind: 'machines',
  type: 'C5',
  labels: {},
  hourly: 2,
  unknown: 0,
  ...over,
});

const costs = (from: string, until: string, groups: readonly RateGroup[] = [group()]) =>
  costsBetween(`2026-${from}:00Z`, `2026-${until}:00Z`, groups).map(
    ({ day, type, usd, unknownHours }) => `${day} ${type} ${usd} ${unknownHours}`,
  );

test.each([
  ['11-21T10:00', '11-21T10:30', ['2026-11-21 C5 1 0'], 'half an hour'],
  ['11-21T23:00', '11-22T02:00', ['2026-11-21 C5 2 0', '2026-11-22 C5 4 0'], 'past midnight'],
  [
    '11-21T00:00',
    '11-23T00:00',
    ['2026-11-21 C5 48 0', '2026-11-22 C5 48 0'],
    'whole days, and nothing of the third',
  ],
  ['11-21T10:00', '11-21T10:00', [], 'no time'],
  ['11-21T11:00', '11-21T10:00', [], 'a clock that was set back'],
])('from %s until %s: %j, %s', (from, until, expected) => {
  expect(costs(from, until)).toEqual(expected);
});

test('resources without a rate are counted by their hours', () => {
  expect(costs('11-21T10:00', '11-21T12:00', [group({ hourly: 1, unknown: 3 })])).toEqual([
    '2026-11-21 C5 2 6',
  ]);
});

test('no more than 400 days are computed, however long the pause', () => {
  const rows = costsBetween('1970-01-01T00:00:00Z', '2026-11-21T00:00:00Z', [group()]);
  expect(rows).toHaveLength(400);
});

test('the cheapest of more than 500 groups are added up by kind', () => {
  const groups = Array.from({ length: 700 }, (_, index) =>
    group({ type: `T${index}`, hourly: index, labels: { owner: `o${index}` } }),
  );
  const rows = costsBetween('2026-11-21T10:00:00Z', '2026-11-21T11:00:00Z', groups);
  expect(rows).toHaveLength(501);
  expect(rows.at(-1)).toMatchObject({ type: 'other', labels: {}, usd: (199 * 200) / 2 });
});
