import type { CalendarEntry } from '../../model/pass/calendar.ts';
import { html, type Markup } from '../../report/html.ts';
import type { DashboardData } from '../data.ts';
import { documentOf } from '../layout.ts';
import { resourceLink } from '../elements/links.ts';
import { table, type Cell } from '../elements/table.ts';
import { ago } from '../elements/time.ts';

/** `/calendar`: what timetables, windows, suspensions, wakes, and expiries fix for the next seven days, by day. */
export async function calendar(data: DashboardData): Promise<string> {
  const entries = await data.calendar();
  const days = [...Map.groupBy(entries, ({ at }) => at.slice(0, 10))];
  const body = html`<h1>The next seven days</h1>
    <p class="dim">Times are UTC.</p>
    ${
      days.length === 0
        ? html`<p class="dim">
            No timetable turns, no window opens, no suspension ends, and nothing expires.
          </p>`
        : days.map(([day, ofDay]) => dayMarkup(day, ofDay, data.now()))
    }`;
  return documentOf(
    { title: 'Calendar', section: '/calendar', json: '/api/v1/calendar', body },
    await data.status(),
  );
}

const dayMarkup = (day: string, entries: readonly CalendarEntry[], now: Date): Markup =>
  html`<section>
    <h2>${dayText(day)}</h2>
    ${table({
      caption: dayText(day),
      columns: ['At', 'When', 'What', 'Resources'],
      rows: entries.map((entry) => rowOf(entry, now)),
      empty: '',
    })}
  </section>`;

const dayText = (day: string): string =>
  new Date(day).toLocaleDateString('en-GB', {
    timeZone: 'UTC',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });

const texts: Readonly<Record<CalendarEntry['event'], string>> = {
  start: 'timetable starts',
  stop: 'timetable stops',
  windowOpens: 'window for writes opens',
  windowCloses: 'window for writes closes',
  suspensionEnds: 'suspension ends',
  wakeEnds: 'wake ends',
  expires: 'expires',
};

/** The number of resources of an entry that are named. */
const maxNamed = 5;

function rowOf({ at, event, resources }: CalendarEntry, now: Date): readonly Cell[] {
  const more = resources.length - maxNamed;
  return [
    html`<time datetime="${at}">${at.slice(11, 16)}</time>`,
    ago(at, now),
    texts[event],
    html`${resources
      .slice(0, maxNamed)
      .flatMap((address, index) => [...(index === 0 ? [] : [', ']), resourceLink(address)])}
    ${more > 0 ? ` and ${more} more` : ''} ${resources.length === 0 ? 'all' : ''}`,
  ];
}
