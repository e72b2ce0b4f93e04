import { statuses } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import { html, type Markup } from '../../report/html.ts';
import { withQuery } from './links.ts';
import { levelOf, shape, shapeOf, wordOf } from './mark.ts';

/** The number of resources by status, and the cost. */
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
    <p>${costText(report)}</p>
  </section>`;

/** The cost of the team by the hour. */
export function costText({ cost }: Pick<Report, 'cost'>): string {
  const { managed, unmanaged, change } = cost.hourly;
  return [
    `${money(managed)} USD/h declared`,
    `${money(unmanaged)} USD/h not declared`,
    ...(change === 0 ? [] : [`${change < 0 ? '' : '+'}${money(change)} USD/h by the plan`]),
    ...(cost.unpriced.length === 0 ? [] : [`no price known for ${cost.unpriced.join(', ')}`]),
  ].join(' · ');
}

const money = (amount: number): string => amount.toFixed(2);
