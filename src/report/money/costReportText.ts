import { budgetText, budgetWords, type BudgetStatus } from '../../model/money/budget.ts';
import type { CostItem, CostReport } from '../../model/money/costReport.ts';
import { moneyText } from '../../model/text/money.ts';
import { visible } from '../../model/text/visible.ts';
import { padded, widest } from '../../model/text/width.ts';
import { plain, type Paint } from '../text.ts';

/** Renders what a team cost as text: a table, and the forecast of the month. */
export function costReportText(report: CostReport, paint: Paint = plain): string {
  const { by, since, until, items, total, now, month, budgets = [] } = report;
  return [
    paint('bold', `Cost from ${since} to ${until.slice(0, 10)} by ${visible(by)}, in USD`),
    ...(items.length === 0 ? ['  nothing is recorded'] : tableOf(items, total)),
    '',
    `Now ${atLeast(now.known)}${moneyText(now.hourly)} USD/h. This month ${moneyText(month.spent)} USD since ${month.since}, and ${atLeast(month.known)}${moneyText(month.forecast)} USD at its end, if nothing but timetables changes.`,
    ...(total.unknownHours > 0
      ? [
          `The rate of resources was not known for ${total.unknownHours} hours of a resource, which are left out.`,
        ]
      : []),
    ...budgets.map((budget) => paint(budgetStyles[budget.state], budgetLine(budget))),
    '',
  ].join('\n');
}

const budgetStyles = { ok: 'green', warn: 'yellow', over: 'red' } as const;

const budgetLine = (budget: BudgetStatus): string =>
  visible(`Budget ${budget.name}: ${budgetText(budget)}, ${budgetWords[budget.state]}`);

const atLeast = (known: boolean): string => (known ? '' : 'at least ');

function tableOf(items: readonly CostItem[], total: CostReport['total']): readonly string[] {
  const names = items.map(({ key }) => visible(key === '' ? '(none)' : key));
  const width = widest([...names, 'total']);
  const amounts = [...items, total].map(({ usd }) => usd.toFixed(2));
  const amountWidth = widest(amounts);
  const lineOf = (name: string, amount = '', share = ''): string =>
    `  ${padded(name, width)}  ${amount.padStart(amountWidth)}${share}`;
  return [
    ...names.map((name, index) => lineOf(name, amounts[index], shareText(items[index], total))),
    lineOf('total', amounts.at(-1)),
  ];
}

const shareText = (item: CostItem | undefined, { usd }: CostReport['total']): string =>
  item && usd > 0 ? `  ${Math.round((item.usd / usd) * 100)} %` : '';
