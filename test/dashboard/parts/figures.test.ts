import { expect, test } from 'vitest';
import type { BudgetStatus } from '../../../src/model/money/budget.ts';
import { figures } from '../../../src/dashboard/parts/figures.ts';
import { reportWith, spentBudget } from '../../support/reports.ts';

/** The entries of the list of budgets, each with the class of its mark, and the shapes. */
function listed(budgets: readonly BudgetStatus[] | null | undefined) {
  const page = String(figures(reportWith(budgets === undefined ? {} : { budgets })));
  const [, list = ''] = /<ul class="budgets">(.*?)<\/ul>/s.exec(page) ?? [];
  const items = [...list.matchAll(/<li>(.*?)<\/li>/gs)].map(([, item = '']) => item);
  return {
    texts: items.map((item) => {
      const level = /class="mark (\w+)"/.exec(item)?.[1];
      const text = item
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim();
      return `${level}: ${text}`;
    }),
    shapes: items.map((item) => / d="([^"]*)"/.exec(item)?.[1]),
  };
}

test('the overview has each budget with its state as colour, shape, and word', () => {
  const { texts, shapes } = listed([
    { ...spentBudget, name: 'a & <b>', state: 'ok', spent: 1000 },
    spentBudget,
    { ...spentBudget, state: 'over', spent: 2400, known: false },
  ]);
  expect(texts).toEqual([
    'good: ok budget a &amp; &lt;b&gt;: 1,000 of 2,000 USD this month (50 %)',
    'warning: warning budget ml: 1,640 of 2,000 USD this month (82 %)',
    'bad: spent budget ml: at least 2,400 of 2,000 USD this month (120 %)',
  ]);
  expect(new Set(shapes).size).toBe(3);
});

test.each([
  { budgets: undefined, because: 'there are none' },
  { budgets: null, because: 'they could not be checked' },
])('the overview has no list of budgets if $because', ({ budgets }) => {
  expect(listed(budgets)).toEqual({ texts: [], shapes: [] });
});
