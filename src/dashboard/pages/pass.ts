import type { Report } from '../../model/pass/report.ts';
import { html, type Markup } from '../../report/html.ts';
import { viewOf } from '../../report/reportView.ts';
import type { Row } from '../../report/rows/reportRows.ts';
import type { PageRequest } from '../../server/pages.ts';
import type { DashboardData } from '../data.ts';
import { documentOf } from '../layout.ts';
import { command } from '../elements/command.ts';
import { passFacts } from '../parts/passFacts.ts';
import { section } from '../elements/section.ts';
import { table, type Cell } from '../elements/table.ts';

/** The number of entries on the page; the JSON has all. */
const maxRows = 500;

/** `/passes/PASS`: one pass with its stages, its plan, and the outcomes. */
export async function pass(
  data: DashboardData,
  { parameters: { pass: id = '' } }: PageRequest,
): Promise<string | undefined> {
  const report = await data.report(id);
  if (!report) return undefined;
  const view = viewOf(report);
  const body = html`<h1>${view.headline}</h1>
    ${view.failures === '' ? '' : html`<p class="bad-text">${view.failures}</p>`}
    <p>${view.counts}.</p>
    ${view.basis === '' ? '' : html`<p class="dim">${view.basis}</p>`}
    ${view.incomplete.map((text) => html`<p class="bad-text">${text}</p>`)} ${passFacts(report)}
    ${section('Plan and outcome', rowTable(view.rows))}
    ${view.remaining === '' ? '' : html`<p class="warning-text">${view.remaining}</p>`}
    ${approval(data, report)}
    <p class="dim">${view.figures}</p>`;
  return documentOf(
    {
      title: `Pass ${id}`,
      section: '/passes',
      json: `/api/v1/passes/${encodeURIComponent(id)}`,
      body,
    },
    await data.status(),
  );
}

function rowTable(rows: readonly Row[]): Markup {
  const more = rows.length - maxRows;
  return html`${table({
    caption: 'Resources with actions or out of sync',
    columns: ['What', 'Resource', 'Details'],
    rows: rows.slice(0, maxRows).map(cellsOf),
    empty: 'Nothing to do.',
  })}
  ${more > 0 ? html`<p>and ${more} more</p>` : ''}`;
}

const cellsOf = ({ sign, word, subject, lines }: Row): readonly Cell[] => [
  html`<span aria-hidden="true">${sign}</span> ${word}`,
  subject,
  html`${lines.map((line) => html`<div>${line.join(', ')}</div>`)}`,
];

/** Only the plan of the last pass can be approved. */
const approval = (data: DashboardData, report: Report): Markup | '' =>
  report.pass === data.lastReport()?.pass &&
  report.actions.some(({ outcome }) => outcome === 'blocked')
    ? section(
        'To lift the limits for this plan',
        command(`holdfast approve ${report.pass}${data.flags().server}`),
      )
    : '';
