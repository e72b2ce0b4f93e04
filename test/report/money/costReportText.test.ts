import { expect, test } from 'vitest';
import type { CostReport } from '../../../src/model/money/costReport.ts';
import { costReportText } from '../../../src/report/money/costReportText.ts';
import { spentBudget } from '../../support/reports.ts';

const report: CostReport = {
  schema: 'holdfast/cost/v1',
  by: 'owner',
  since: '2026-10-22',
  until: '2026-11-21T10:00:00.000Z',
  items: [
    { key: 'ml', usd: 1234.5, unknownHours: 0 },
    { key: '', usd: 65.5, unknownHours: 12 },
  ],
  total: { usd: 1300, unknownHours: 12 },
  now: { hourly: 1.8, known: true },
  month: { since: '2026-11-10', spent: 900, forecast: 1305.25, known: false },
};

test('a table with shares, and the forecast of the month', () => {
  expect(costReportText(report)).toBe(
    [
      'Cost from 2026-10-22 to 2026-11-21 by owner, in USD',
      '  ml      1234.50  95 %',
      '  (none)    65.50  5 %',
      '  total   1300.00',
      '',
      'Now 1.80 USD/h. This month 900.00 USD since 2026-11-10, and at least 1305.25 USD at its end, if nothing but timetables changes.',
      'The rate of resources was not known for 12 hours of a resource, which are left out.',
      '',
    ].join('\n'),
  );
});

test('nothing is recorded yet', () => {
  const empty = { ...report, items: [], total: { usd: 0, unknownHours: 0 } };
  expect(costReportText(empty)).toContain('\n  nothing is recorded\n');
});

test('budgets are below the table', () => {
  const budgets = (['ok', 'warn', 'over'] as const).map((state) => ({ ...spentBudget, state }));
  const lines = costReportText({ ...report, budgets }).split('\n');
  expect(lines.filter((line) => line.startsWith('Budget '))).toEqual([
    'Budget ml: 1,640 of 2,000 USD this month (82 %), ok',
    'Budget ml: 1,640 of 2,000 USD this month (82 %), warning',
    'Budget ml: 1,640 of 2,000 USD this month (82 %), spent',
  ]);
});
