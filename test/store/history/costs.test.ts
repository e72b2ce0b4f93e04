import { expect, test } from 'vitest';
import type { RateGroup } from '../../../src/model/money/ledger.ts';
import type { Store } from '../../../src/model/store.ts';
import { openTestStore } from '../../support/openTestStore.ts';
import { reportWith } from '../../support/reports.ts';

const rates = (hourly: number, labels: RateGroup['labels'] = {}): readonly RateGroup[] => [
  { kind: 'machines', type: 'C5', labels, hourly, unknown: 0 },
];

const record = (store: Store, finishedAt: string, found: readonly RateGroup[], complete = true) =>
  store.recordPass(reportWith({ pass: finishedAt, finishedAt, complete }), 10, { rates: found });

const costsOf = async (store: Store, since = '2026-11-01T00:00:00Z') =>
  (await store.costs(since)).rows.map(
    ({ day, labels, usd }) => `${day} ${JSON.stringify(labels)} ${usd.toFixed(2)}`,
  );

test('costs begin with the first complete pass, and add up day by day', async () => {
  await using store = await openTestStore();
  await record(store, '2026-11-21T10:00:00.000Z', rates(9));
  expect(await costsOf(store)).toEqual([]);
  await record(store, '2026-11-21T11:00:00.000Z', rates(2));
  await record(store, '2026-11-21T12:30:00.000Z', rates(4));
  expect(await costsOf(store)).toEqual(['2026-11-21 {} 8.00']);
  await record(store, '2026-11-22T00:30:00.000Z', rates(1));
  expect(await costsOf(store)).toEqual(['2026-11-21 {} 19.50', '2026-11-22 {} 0.50']);
  expect(await costsOf(store, '2026-11-22T23:00:00Z')).toEqual(['2026-11-22 {} 0.50']);
});

test('since when and until when costs are recorded', async () => {
  await using store = await openTestStore();
  expect(await store.costs('2026-11-01T00:00:00Z')).toMatchObject({ since: undefined, rows: [] });
  await record(store, '2026-11-21T10:00:00.000Z', rates(9));
  await record(store, '2026-11-21T11:00:00.000Z', rates(2));
  expect(await store.costs('2026-11-01T00:00:00Z')).toMatchObject({
    since: '2026-11-21T10:00:00.000Z',
    until: '2026-11-21T11:00:00.000Z',
  });
});

test('an incomplete pass does not see what the team costs: the next complete one counts', async () => {
  await using store = await openTestStore();
  await record(store, '2026-11-21T10:00:00.000Z', rates(2));
  await record(store, '2026-11-21T11:00:00.000Z', [], false);
  await record(store, '2026-11-21T12:00:00.000Z', rates(2));
  expect(await costsOf(store)).toEqual(['2026-11-21 {} 4.00']);
});

test('the order of labels does not matter', async () => {
  await using store = await openTestStore();
  await record(store, '2026-11-21T10:00:00.000Z', []);
  await record(store, '2026-11-21T11:00:00.000Z', rates(1, { owner: 'ml', env: 'prod' }));
  await record(store, '2026-11-21T12:00:00.000Z', rates(1, { env: 'prod', owner: 'ml' }));
  expect(await costsOf(store)).toEqual(['2026-11-21 {"env":"prod","owner":"ml"} 2.00']);
});

test('costs are kept for 400 days', async () => {
  await using store = await openTestStore();
  await record(store, '2025-01-01T10:00:00.000Z', rates(1));
  await record(store, '2025-01-01T11:00:00.000Z', rates(1));
  await record(store, '2026-02-05T10:00:00.000Z', []);
  expect(await costsOf(store, '2020-01-01T00:00:00Z')).toEqual(['2025-01-01 {} 1.00']);
  await record(store, '2026-02-06T10:00:00.000Z', []);
  expect(await costsOf(store, '2020-01-01T00:00:00Z')).toEqual([]);
});

test('a clock that is set back costs nothing', async () => {
  await using store = await openTestStore();
  await record(store, '2026-11-21T10:00:00.000Z', rates(1));
  await record(store, '2026-11-21T09:00:00.000Z', rates(1));
  expect(await costsOf(store)).toEqual([]);
});
