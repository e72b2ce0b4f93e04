import { html, type Markup } from '../../report/html.ts';

/** The content of a cell: text, or markup. */
export type Cell = Markup | string | number;

/** A table. */
export interface Table {
  /** Names it for screen readers. */
  readonly caption: string;
  /** The headings of the columns. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Shown in place of a table without rows. */
  readonly empty: string;
}

/**
 * A table whose rows become blocks on a narrow screen, each cell with the heading of its column. Roles are set, since
 * the layout of blocks would take them away.
 */
export const table = ({ caption, columns, rows, empty }: Table): Markup =>
  rows.length === 0
    ? html`<p class="dim">${empty}</p>`
    : html`<table role="table">
        <caption>
          ${caption}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            ${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${rows.map(
            (row) =>
              html`<tr role="row">
                ${row.map(
                  (cell, index) =>
                    html`<td role="cell" data-label="${columns[index] ?? ''}">
                      <div>${cell}</div>
                    </td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>`;
