import { budgetText, budgetWords, type BudgetStatus } from '../../model/money/budget.ts';
import { statuses } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import { costTexts } from '../../report/money/costText.ts';
import { html, type Markup } from '../../report/html.ts';
import { withQuery } from '../elements/links.ts';
import { levelOf, shape, shapeOf, verdictShapes, wordOf, type Level } from '../elements/mark.ts';

/** The number of resources by status, the cost, and the budgets. */
export const figures = (report: Report): Markup =>
  html`<section>
    <h2>Resources</h2>
    <ul class="tiles">
      ${statuses
        .filter((status) => report.summary[status] > 0)
        .map(
          (status) =>
            html`<li>
              <a class="${levelOf(status)}" href="${withQuery('/resources', { status })}"
                ><strong>${report.summary[status].toLocaleString('en')}</strong>
                <span>${shape(shapeOf(status))}${wordOf(status)}</span></a
              >
            </li>`,
        )}
    </ul>
    <p>${costTexts(report).join(' · ')}</p>
    ${budgetList(report.budgets)}
  </section>`;

const budgetLevels: Readonly<Record<BudgetStatus['state'], Level>> = {
  ok: 'good',
  warn: 'warning',
  over: 'bad',
};

/** The budgets, each with its state as colour, shape, and word. */
function budgetList(budgets: Report['budgets']): Markup | '' {
  if (!budgets || budgets.length === 0) return '';
  return html`<ul class="budgets">
    ${budgets.map((budget) => {
      const level = budgetLevels[budget.state];
      return html`<li>
        <span class="mark ${level}"
          >${shape(verdictShapes[level])}${budgetWords[budget.state]}</span
        >
        budget ${budget.name}: ${budgetText(budget)}
      </li>`;
    })}
  </ul>`;
}
