import { statuses } from '../../model/pass/plan.ts';
import type { Report } from '../../model/pass/report.ts';
import { costTexts } from '../../report/money/costText.ts';
import { html, type Markup } from '../../report/html.ts';
import { withQuery } from '../elements/links.ts';
import { levelOf, shape, shapeOf, wordOf } from '../elements/mark.ts';

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
    <p>${costTexts(report).join(' · ')}</p>
  </section>`;
