import { expect, test } from 'vitest';
import { budgetText, type Budget } from '../../../src/model/money/budget.ts';
import type { CostRow, RateGroup } from '../../../src/model/money/ledger.ts';
import { checkBudgets, type Spending } from '../../../src/reconcile/guard/budgets.ts';

const now = new Date('2026-11-21T10:00:00Z');

const row = (usd: number, over: Partial<CostRow> = {}): CostRow => ({
  day: '2026-11-20',
  kind: 'machines',
  type: 'C5',
  labels: { owner: 'ml' },
  usd,
  unknownHours: 0,
  ...over,
});

const rate = (hourly: number, over: Partial<RateGroup> = {}): RateGroup => ({
  kind: 'machines',
  type: 'C5',
  labels: { owner: 'ml' },
  hourly,
  unknown: 0,
  ...over,
});

const ofMl: Budget['match'] = { kinds: null, labels: { owner: 'ml' } };

interface Row {
  readonly because: string;
  readonly match?: Budget['match'];
  readonly warn?: number | null;
  readonly rows?: readonly CostRow[];
  readonly until?: string;
  readonly rates?: readonly RateGroup[];
  readonly unread?: readonly string[];
  readonly at?: Date;
  readonly is: string;
}

test.each<Row>([
  { because: 'a month without costs has spent nothing', is: 'ok 0 of 100 USD this month (0 %)' },
  {
    because: 'costs of other labels are not those of the budget',
    rows: [row(10), row(500, { labels: { owner: 'web' } }), row(500, { labels: {} })],
    is: 'ok 10 of 100 USD this month (10 %)',
  },
  {
    because: 'a resource may have further labels',
    rows: [row(10, { labels: { env: 'prod', owner: 'ml' } })],
    is: 'ok 10 of 100 USD this month (10 %)',
  },
  {
    because: 'a budget without match is that of the team, declared or not',
    match: { kinds: null, labels: {} },
    rows: [row(10), row(20, { labels: {} }), row(30, { kind: 'snapshots', type: '' })],
    is: 'ok 60 of 100 USD this month (60 %)',
  },
  {
    because: 'a budget of kinds leaves other kinds out',
    match: { kinds: ['machines'], labels: {} },
    rows: [row(10), row(30, { kind: 'snapshots', type: '' })],
    is: 'ok 10 of 100 USD this month (10 %)',
  },
  {
    because: 'the share is exactly that of warn',
    rows: [row(80)],
    is: 'warn 80 of 100 USD this month (80 %)',
  },
  {
    because: 'nobody wants a warning',
    warn: null,
    rows: [row(99.99)],
    is: 'ok 99.99 of 100 USD this month (99 %)',
  },
  {
    because: 'all of it is spent',
    warn: null,
    rows: [row(60), row(40)],
    is: 'over 100 of 100 USD this month (100 %)',
  },
  {
    because: 'the time since the last pass counts at the present rate',
    rows: [row(10)],
    until: '2026-11-21T07:00:00Z',
    rates: [rate(30), rate(99, { labels: {} })],
    is: 'over 100 of 100 USD this month (100 %)',
  },
  {
    because: 'the time before the month counts for the month before',
    until: '2026-11-29T00:00:00Z',
    at: new Date('2026-12-01T02:00:00Z'),
    rates: [rate(10)],
    is: 'ok 20 of 100 USD this month (20 %)',
  },
  {
    because: 'hours of an unknown rate may have cost anything',
    rows: [row(10), row(5, { unknownHours: 2 })],
    is: 'ok at least 15 of 100 USD this month (15 %)',
  },
  {
    because: 'unknown hours of others do not matter',
    rows: [row(10), row(5, { unknownHours: 2, labels: {} })],
    is: 'ok 10 of 100 USD this month (10 %)',
  },
  {
    because: 'a live resource of an unknown rate costs something from now on',
    rates: [rate(0, { unknown: 1 })],
    is: 'ok at least 0 of 100 USD this month (0 %)',
  },
  {
    because: 'a list that ended early may leave out what costs money',
    unread: ['machines'],
    is: 'ok at least 0 of 100 USD this month (0 %)',
  },
  {
    because: 'a list of a kind without a counted cost does not matter',
    unread: ['deployments'],
    is: 'ok 0 of 100 USD this month (0 %)',
  },
  {
    because: 'costs whose labels were not kept count, rather than slip under the budget',
    rows: [row(90, { type: 'other', labels: {} })],
    is: 'warn 90 of 100 USD this month (90 %)',
  },
])('$because', ({ match = ofMl, warn = 80, rows = [], until, rates = [], unread = [], at, is }) => {
  const budget = { name: 'b', match, monthly: 100, warn, hold: false };
  const spending: Spending = {
    recorded: { rows, since: until, until },
    costs: { rates, book: { counts: (kind) => kind === 'machines' } },
    snapshot: new Map(
      unread.map((kind) => [
        kind,
        { kind, items: [], byId: new Map(), complete: false, error: 'it broke off' },
      ]),
    ),
    now: at ?? now,
  };
  expect(
    checkBudgets([budget], spending).map(({ status }) => `${status.state} ${budgetText(status)}`),
  ).toEqual([is]);
});

test('an amount is grouped by thousands', () => {
  const status = { name: 'b', monthly: 2000, warn: 80, hold: false, state: 'warn' as const };
  expect(budgetText({ ...status, spent: 1640.5, known: true })).toBe(
    '1,640.5 of 2,000 USD this month (82 %)',
  );
});
