import { html as template } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Report } from '../model/pass/report.ts';
import type { Row } from './rows/reportRows.ts';
import { viewOf, type ReportView } from './reportView.ts';

/** Markup in which every value is escaped. */
export type Markup = HtmlEscapedString;

/**
 * Makes markup from a template: text values are escaped; markup and lists of it are inserted. Promises are not allowed
 * as values.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly unknown[]): Markup =>
  template(strings, ...values) as Markup;

/** Renders a report as a standalone page. It has no scripts, and loads no other resource. */
export function toHtml(report: Report): string {
  const view = viewOf(report);
  return page(
    `Holdfast: ${view.headline}`,
    html`${viewMarkup(view)}
      <footer>
        Pass ${report.pass} of ${report.workspace}, ${report.mode}, from ${report.startedAt} to
        ${report.finishedAt}, trigger ${report.trigger}. Revision ${report.revision}.
      </footer>`,
  );
}

/** Renders the contents of a report, without the page around it. */
function viewMarkup(view: ReportView): Markup {
  const { basis, incomplete, rows, remaining, failures, headline, counts, figures } = view;
  return html`<h1 class="${view.needsNoAttention ? 'green' : 'yellow'}">${headline}</h1>
    ${failures === '' ? '' : html`<p class="red">${failures}</p>`}
    <p>${counts}.</p>
    ${basis === '' ? '' : html`<p>${basis}</p>`}
    ${incomplete.map((text) => html`<p class="red">${text}</p>`)}
    ${
      rows.length === 0
        ? ''
        : html`<table>
            <tr>
              <th></th>
              <th>What</th>
              <th>Resource</th>
              <th>Details</th>
            </tr>
            ${rows.map(rowMarkup)}
          </table>`
    }
    ${remaining === '' ? '' : html`<p class="yellow">${remaining}</p>`}
    <p class="dim">${figures}</p>`;
}

const rowMarkup = ({ sign, word, style, subject, lines }: Row): Markup =>
  html`<tr>
    <td class="${style}">${sign}</td>
    <td class="${style}">${word}</td>
    <td>${subject}</td>
    <td>${lines.map((line) => html`<div>${line.join(', ')}</div>`)}</td>
  </tr>`;

/** Renders an HTML document. */
const page = (title: string, body: Markup): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          :root {
            color-scheme: light dark;
          }
          body {
            font:
              15px/1.5 system-ui,
              sans-serif;
            max-width: 70rem;
            margin: 2rem auto;
            padding: 0 1rem;
          }
          table {
            border-collapse: collapse;
            width: 100%;
          }
          th,
          td {
            text-align: left;
            vertical-align: top;
            padding: 0.25rem 1rem 0.25rem 0;
            border-bottom: 1px solid #8884;
          }
          .green {
            color: light-dark(#116329, #56d364);
          }
          .yellow {
            color: light-dark(#7d4e00, #e3b341);
          }
          .red {
            color: light-dark(#a40e26, #ff7b72);
          }
          .cyan {
            color: light-dark(#0a6570, #76e3ea);
          }
          .dim,
          footer {
            opacity: 0.7;
          }
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`.toString();
