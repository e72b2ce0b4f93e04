import type { TrendHour } from '../../model/pass/trend.ts';
import { html, type Markup } from '../../report/html.ts';
import { rangeOf, type Series } from '../findings/trendSeries.ts';

/** The size of a picture in its own units. */
const width = 720;
const height = 120;
const hourMs = 3_600_000;

/**
 * A figure over the given time as a picture. Hours are placed by their time, so that a pause is a gap: a line connects
 * only values of hours that follow each other.
 */
export function sparkline(
  { title, unit, text, values }: Series,
  hours: readonly TrendHour[],
  { from, until }: { readonly from: Date; readonly until: Date },
): Markup {
  const range = rangeOf(values);
  if (!range) return html`<p class="dim">${title}: not known yet.</p>`;
  const top = range[1] === 0 ? 1 : range[1] * 1.1;
  const x = (at: string): number =>
    round(((Date.parse(at) - from.getTime()) / (until.getTime() - from.getTime())) * width);
  const y = (value: number): number => round(height - (value / top) * height);
  const lines = stretches(values, hours).map((stretch) =>
    stretch.map(({ hour, value }) => `${x(hour)} ${y(value)}`),
  );
  return html`<figure>
    <figcaption>
      <strong>${title}</strong>
      <span class="dim">${text(range[0])} to ${text(range[1])} ${unit}</span>
    </figcaption>
    <svg
      class="chart"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="${title} over the last 30 days; the table below has the figures"
    >
      ${lines.map((points) =>
        points.length === 1
          ? html`<circle
              class="dot"
              cx="${points[0]?.split(' ')[0]}"
              cy="${points[0]?.split(' ')[1]}"
              r="2.5"
            />`
          : html`<polyline class="line" points="${points.join(' ')}" />`,
      )}
    </svg>
  </figure>`;
}

const round = (length: number): number => Math.round(length * 10) / 10;

interface Point {
  readonly hour: string;
  readonly value: number;
}

/** The known values, in stretches of hours without a gap. */
function stretches(
  values: Series['values'],
  hours: readonly TrendHour[],
): readonly (readonly Point[])[] {
  const found: Point[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, { hour }] of hours.entries()) {
    const value = values[index] ?? null;
    if (value === null) continue;
    const at = Date.parse(hour);
    if (at - last > hourMs) found.push([]);
    found.at(-1)?.push({ hour, value });
    last = at;
  }
  return found;
}
