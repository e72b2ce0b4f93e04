import { defaultCostBy, type CostItem, type CostReport } from '../../model/money/costReport.ts';
import { moneyText } from '../../model/text/money.ts';
import { html, type Markup } from '../../report/html.ts';
import type { PageRequest } from '../../server/pages.ts';
import type { DashboardData } from '../data.ts';
import { filters } from '../elements/filters.ts';
import { withQuery } from '../elements/links.ts';
import { table } from '../elements/table.ts';
import { documentOf } from '../layout.ts';

const path = '/money';

/** `/money`: what the team cost in the last 30 days by kind, machine type, or label, and the forecast of the month. */
export async function money(data: DashboardData, { query }: PageRequest): Promise<string> {
  const by = query.get('by') || defaultCostBy;
  const report = await data.cost(by);
  const body = html`<h1>Money</h1>
    ${monthMarkup(report)}
    ${filters(path, [{ name: 'by', label: 'By kind, machineType, label, or the key of a label', value: by }])}
    ${itemTable(report)}
    ${
      report.total.unknownHours > 0
        ? html`<p class="warning-text">
            The rate of resources was not known for ${report.total.unknownHours} hours of a
            resource, which are left out.
          </p>`
        : ''
    }
    <p class="after"><a href="/waste">What costs money and seems unused</a></p>`;
  return documentOf(
    { title: 'Money', section: path, json: withQuery('/api/v1/cost', { by }), body },
    await data.status(),
  );
}

const monthMarkup = ({ now, month }: CostReport): Markup =>
  html`<dl class="facts">
    ${[
      ['Now', `${atLeast(now.known)}${moneyText(now.hourly)} USD/h`],
      [`This month, since ${month.since}`, `${moneyText(month.spent)} USD`],
      [
        'At its end, if nothing but timetables changes',
        `${atLeast(month.known)}${moneyText(month.forecast)} USD`,
      ],
    ].map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

const atLeast = (known: boolean): string => (known ? '' : 'at least ');

const itemTable = ({ items, total, by, since }: CostReport): Markup =>
  table({
    caption: `Cost since ${since} by ${by}`,
    columns: [`By ${by}`, 'USD', 'Share'],
    rows: [
      ...items.map((item) => [
        item.key === '' ? '(none)' : item.key,
        item.usd.toFixed(2),
        shareOf(item, total),
      ]),
      ['total', total.usd.toFixed(2), ''],
    ],
    empty: '',
  });

const shareOf = ({ usd }: CostItem, total: CostReport['total']): string =>
  total.usd > 0 ? `${Math.round((usd / total.usd) * 100)} %` : '';
