import { expect, test } from 'vitest';
import { costReport } from '../../src/cost/costReport.ts';
import type { CostRow, RecordedCosts } from '../../src/model/money/ledger.ts';
import { prepare } from '../../src/reconcile/preparePass.ts';
import { bench, policy } from '../support/passes.ts';
import { catalog, live, want } from '../support/team.ts';

const now = new Date('2026-11-21T10:00:00Z');
const { kinds } = catalog;

const row = (day: string, usd: number): CostRow => ({
  day,
  kind: 'machines',
  type: 'C5',
  labels: {},
  usd,
  unknownHours: 0,
});

/** A store with recorded costs. */
const storeWith = (recorded: Partial<RecordedCosts>) => ({
  costs: async () => ({ rows: [], since: undefined, until: undefined, ...recorded }),
});

const machine = want('machines', 'm', {
  machineType: 'C5',
  template: live('osTemplates', 'Ubuntu 22.04'),
  region: 'ny2',
  diskSize: 50,
});

test.each([
  {
    because: 'costs that are recorded from before on',
    recordedSince: '2026-10-01T08:00:00.000Z',
    since: '2026-10-22',
    monthSince: '2026-11-01',
  },
  {
    because: 'costs that are recorded from the middle of the month on',
    recordedSince: '2026-11-10T08:00:00.000Z',
    since: '2026-11-10',
    monthSince: '2026-11-10',
  },
  {
    because: 'no costs',
    recordedSince: undefined,
    since: '2026-10-22',
    monthSince: '2026-11-01',
  },
])('says since when: $because', async ({ recordedSince, since, monthSince }) => {
  const store = storeWith({ since: recordedSince });
  const asked = new Date('2026-10-22T10:00:00Z');
  const report = await costReport(store, undefined, { kinds, by: 'kind', since: asked, now });
  expect([report.since, report.month.since]).toEqual([since, monthSince]);
});

test('costs of the month count for it, even if they are older than what was asked for', async () => {
  const store = storeWith({ rows: [row('2026-11-02', 5), row('2026-11-20', 2)] });
  const asked = new Date('2026-11-20T10:00:00Z');
  const report = await costReport(store, undefined, { kinds, by: 'kind', since: asked, now });
  expect([report.total.usd, report.month.spent]).toEqual([2, 7]);
});

test('before the first pass, neither the rate nor the forecast is known', async () => {
  const query = { kinds, by: 'kind', since: now, now };
  const report = await costReport(storeWith({}), undefined, query);
  expect(report.now).toEqual({ hourly: 0, known: false });
  expect(report.month.known).toBe(false);
});

test('the cost of a team is not known if a list that costs was incomplete', async () => {
  await using it = await bench({ start: now });
  await it.pass([machine]);
  const state = { resources: [machine], absent: [], revision: 'r' };
  const team = await prepare(it.workspace, state, policy, 'cli');
  const query = { kinds, by: 'kind', since: now, now };
  expect((await costReport(storeWith({}), team, query)).now.known).toBe(true);
  const listing = team.snapshot.get('machines');
  if (!listing) throw new Error('machines are listed');
  const broken = { ...listing, complete: false, error: 'it broke off' } as const;
  const snapshot = new Map([...team.snapshot, ['machines', broken]]);
  const { now: rate } = await costReport(storeWith({}), { ...team, snapshot }, query);
  expect(rate.hourly).toBeGreaterThan(0);
  expect(rate.known).toBe(false);
});
