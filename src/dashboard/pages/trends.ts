import { html, type Markup } from '../../report/html.ts';
import type { DashboardData } from '../data.ts';
import { byDay, trendSeries, type Series } from '../findings/trendSeries.ts';
import { documentOf } from '../layout.ts';
import { sparkline } from '../parts/sparkline.ts';
import { table } from '../elements/table.ts';

const spanMs = 30 * 86_400_000;

/** `/trends`: open drift, time to repair, cost, and pass time of the last 30 days. */
export async function trends(data: DashboardData): Promise<string> {
  const hours = await data.trends();
  const until = data.now();
  const time = { from: new Date(until.getTime() - spanMs), until };
  const series = trendSeries(hours);
  const body = html`<h1>The last 30 days</h1>
    ${
      hours.length === 0
        ? html`<p class="dim">No pass has ended yet.</p>`
        : html`<div class="charts">${series.map((one) => sparkline(one, hours, time))}</div>
            <h2>By day</h2>
            ${dayTable(byDay(hours, series), series)}`
    }`;
  return documentOf(
    { title: 'Trends', section: '/trends', json: '/api/v1/trends', body },
    await data.status(),
  );
}

const dayTable = (days: ReturnType<typeof byDay>, series: readonly Series[]): Markup =>
  table({
    caption: 'The least and the greatest value of each day, in UTC',
    columns: ['Day', ...series.map(({ title }) => title)],
    rows: days.map(({ day, ranges }) => [
      day,
      ...ranges.map((range, index) => {
        const one = series[index];
        if (!range || !one) return 'not known';
        const [least, greatest] = range.map(one.text);
        return least === greatest ? `${least}` : `${least} to ${greatest}`;
      }),
    ]),
    empty: '',
  });
