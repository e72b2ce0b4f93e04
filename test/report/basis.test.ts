import { expect, test } from 'vitest';
import type { BudgetStatus } from '../../src/model/money/budget.ts';
import { viewOf } from '../../src/report/reportView.ts';
import type { ReportedResource } from '../../src/model/pass/report.ts';
import { reportWith, resource } from '../support/reports.ts';

const git = {
  url: 'https://git.example.com/team.git',
  ref: 'main',
  commit: '0123456789abcdef0123456789abcdef01234567',
  author: 'Eve <eve@example.com>',
  committedAt: '2026-11-21T09:00:00Z',
  subject: 'Add b\u202e',
  verified: null,
};
const suspended = { at: '2026-11-21T08:00:00Z', by: 'on-call', reason: 'an incident', until: null };

const spentBudget = (name: string, state: BudgetStatus['state']): BudgetStatus => ({
  name,
  state,
  monthly: 2000,
  warn: 80,
  hold: false,
  spent: { ok: 1, warn: 1640, over: 2400 }[state],
  known: state !== 'warn',
});

const awake = (name: string): ReportedResource => ({
  ...resource,
  status: 'inSync',
  name,
  wake: { until: '2026-11-21T14:00:00Z', by: 'ada' },
});

test.each([
  { over: {}, basis: '', because: 'a directory and the team itself need no words' },
  {
    over: { git },
    basis: String.raw`Config of commit 0123456789ab by Eve <eve@example.com>: Add b\u202e.`,
    because: 'what an author wrote is made visible',
  },
  {
    over: {
      budgets: [spentBudget('ml', 'over'), spentBudget('web', 'ok'), spentBudget('ci', 'warn')],
    },
    basis:
      'Budget ml: 2,400 of 2,000 USD this month (120 %). Budget ci: at least 1,640 of 2,000 USD this month (82 %).',
    because: 'a budget with room left needs no words',
  },
  {
    over: { budgets: null },
    basis: 'Budgets are not checked.',
    because: 'nobody should take a plan without costs for one within the budgets',
  },
  {
    over: { suspended },
    basis: 'Everything is suspended since 2026-11-21T08:00:00Z by on-call: an incident.',
    because: 'a quiet report must not look as if Holdfast were at work',
  },
  {
    over: { resources: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(awake) },
    basis: expect.stringMatching(
      /^machines\/a is awake until 2026-11-21T14:00:00Z \(ada\)\. .*machines\/e is .* 2 more are awake\.$/,
    ),
    because: 'a machine that runs outside its timetable must not surprise',
  },
  {
    over: {
      resources: [
        {
          ...awake('a'),
          expiry: { at: '2026-11-22T18:00Z', onExpiry: 'delete', state: 'near' } as const,
        },
        {
          ...resource,
          status: 'inSync' as const,
          expiry: { at: '2026-11-20T18:00Z', onExpiry: 'report', state: 'over' } as const,
        },
      ],
    },
    basis:
      'machines/a is awake until 2026-11-21T14:00:00Z (ada). machines/a expires 2026-11-22T18:00Z, within 2 days; it will be deleted. machines/a expired 2026-11-20T18:00Z.',
    because: 'what will happen soon, or has to be cleaned up, is not a difference',
  },
  {
    over: { snapshot: { takenAt: '2026-11-21T07:00:00Z', ageSeconds: 7200 } },
    basis: expect.stringContaining('2 hours old'),
    because: 'the team may have changed since',
  },
  {
    over: { only: ['machines/a', 'owner=ml'] },
    basis: 'Only machines/a, owner=ml.',
    because: 'the counts are not those of the team',
  },
  {
    over: {
      only: ['machines/\u202ea'],
      resources: ['n', 'o', 'p', 'q', 'r'].map((name) => ({
        ...resource,
        name,
        status: 'inSync' as const,
        ...(name === 'n' ? {} : { included: `machines/${name} refers to it` }),
      })),
    },
    basis: String.raw`Only machines/\u202ea. Included: machines/o, since machines/o refers to it; machines/p, since machines/p refers to it; machines/q, since machines/q refers to it; and 1 other.`,
    because: 'what was not selected is explained, the first three by name',
  },
])('the basis of a report: $because', ({ over, basis }) => {
  expect(viewOf(reportWith(over)).basis).toEqual(basis);
});

test('with everything suspended, a report does not say that there is nothing to do', () => {
  const { summary } = reportWith();
  const report = reportWith({ suspended, summary: { ...summary, inSync: 3 } });
  expect(viewOf(report)).toMatchObject({
    headline: 'Everything is suspended',
    counts: '3 in sync',
    needsNoAttention: false,
  });
});

test('with a selection, a report does not say that all is in sync', () => {
  const { summary } = reportWith();
  const report = reportWith({ only: ['machines/a'], summary: { ...summary, inSync: 1 } });
  expect(viewOf(report)).toMatchObject({
    headline: 'The selection is in sync, nothing to do',
    needsNoAttention: true,
  });
});
