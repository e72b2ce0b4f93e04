import { expect, test } from 'vitest';
import type { BudgetStatus } from '../../src/model/money/budget.ts';
import { alertClasses, defaultClasses, type TrackedAlert } from '../../src/model/notify/alert.ts';
import { findingsOf } from '../../src/notify/findings.ts';
import { followAlerts } from '../../src/notify/lifetimes.ts';
import { alertText } from '../../src/notify/messageText.ts';
import { reportWith } from '../support/reports.ts';

interface Pass {
  readonly at: string;
  readonly spent: number;
  readonly complete?: boolean;
}

const statusOf = (name: string, spent: number, hold = false): BudgetStatus => ({
  name,
  monthly: 2000,
  warn: 80,
  hold,
  spent,
  known: true,
  state: spent >= 2000 ? 'over' : spent >= 1600 ? 'warn' : 'ok',
});

/** What a sink that names no classes is told in these passes. */
function told(passes: readonly Pass[], hold: boolean): readonly string[] {
  let alerts: readonly TrackedAlert[] = [];
  return passes.map(({ at, spent, complete = true }) => {
    const report = reportWith({
      startedAt: at,
      finishedAt: at,
      complete,
      budgets: [statusOf('ml', spent, hold)],
    });
    const found = { ...findingsOf(report, undefined) };
    const sink = { sink: 's', keepsAlerts: false, hasBaseline: true, alerts };
    const on = defaultClasses.filter((name) => name !== 'incomplete');
    const routing = { on, kinds: ['machines'], labels: { owner: 'web' }, settle: 5, remind: null };
    const { write, forget, news } = followAlerts({ ...sink, ...routing }, found);
    alerts = forget.length > 0 ? [] : write.length > 0 ? write : alerts;
    return news
      ? [news.event, ...[...news.opened, ...news.resolved].map(alertText)].join(' ')
      : '-';
  });
}

const since = 'budget ml (since 2026-11-10T00:00:00Z):';

test.each([
  {
    because: 'each stage is told once a month, at once, whatever is spent in between',
    passes: [
      { at: '2026-11-09T00:00:00Z', spent: 1599 },
      { at: '2026-11-10T00:00:00Z', spent: 1600 },
      { at: '2026-11-11T00:00:00Z', spent: 1700 },
      { at: '2026-11-12T00:00:00Z', spent: 2000 },
      { at: '2026-11-13T00:00:00Z', spent: 2500 },
      { at: '2026-12-01T00:00:00Z', spent: 0 },
    ],
    tells: [
      '-',
      `opened ${since} 80 % of 2,000 USD are spent in 2026-11`,
      '-',
      `opened ${since} all of 2,000 USD is spent in 2026-11`,
      '-',
      `resolved ${since} all of 2,000 USD is spent in 2026-11`,
    ],
  },
  {
    because: 'what follows is said',
    hold: true,
    passes: [{ at: '2026-11-10T00:00:00Z', spent: 2000 }],
    tells: [`opened ${since} all of 2,000 USD is spent in 2026-11; creates and starts are blocked`],
  },
  {
    because: 'a month later it is spent again',
    passes: [
      { at: '2026-11-10T00:00:00Z', spent: 2000 },
      { at: '2026-12-30T00:00:00Z', spent: 2000 },
    ],
    tells: [
      `opened ${since} all of 2,000 USD is spent in 2026-11`,
      `opened ${since} all of 2,000 USD is spent in 2026-12`,
    ],
  },
  {
    because: 'an incomplete pass does not see everything that costs money',
    passes: [
      { at: '2026-11-10T00:00:00Z', spent: 1600, complete: false },
      { at: '2026-11-11T00:00:00Z', spent: 1599, complete: false },
      { at: '2026-11-12T00:00:00Z', spent: 1601 },
    ],
    tells: [`opened ${since} 80 % of 2,000 USD are spent in 2026-11`, '-', '-'],
  },
])('$because', ({ passes, tells, hold = false }) => {
  expect(told(passes, hold)).toEqual(tells);
});

test('two budgets are two alerts', () => {
  const budgets = [statusOf('ml', 1700), statusOf('web', 2100), statusOf('ci', 1)];
  const { alerts } = findingsOf(reportWith({ budgets }), undefined);
  expect(alerts.map((alert) => [alert.class, alert.kind, alert.name])).toEqual([
    ['budget', null, 'ml'],
    ['budget', null, 'web'],
  ]);
  expect(alertClasses).toContain('budget');
});
