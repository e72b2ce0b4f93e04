import { selectGraph, type Graph } from '../../model/pass/graph.ts';
import type { Report } from '../../model/pass/report.ts';
import { addressOf, splitAddress, type Address } from '../../model/resource.ts';
import { html, type Markup } from '../../report/html.ts';
import type { PageRequest } from '../../server/pages.ts';
import type { DashboardData } from '../data.ts';
import { collapseByKind } from '../findings/collapseByKind.ts';
import { documentOf } from '../layout.ts';
import { filters } from '../elements/filters.ts';
import type { StatusOf } from '../parts/graphDrawing.ts';
import { resourceLink, withQuery } from '../elements/links.ts';
import { mark } from '../elements/mark.ts';
import { table, type Cell } from '../elements/table.ts';

const path = '/graph';

/** The largest graph that is drawn resource by resource: a larger one is not readable. */
const maxDrawn = 300;

/** The number of references in the table per page. */
const limit = 100;

/** `/graph`: the declared resources and their references, with their statuses, as a picture and as a table. */
export async function graph(data: DashboardData, { query }: PageRequest): Promise<string> {
  const whole = data.graph();
  const kind = query.get('kind') || undefined;
  const text = query.get('q') || undefined;
  const page = Math.max(1, Math.trunc(Number(query.get('page'))) || 1);
  const shown = selectGraph(whole, { kind, text });
  const statusOf = statusesIn(data.lastReport());
  const at = (number: number): string =>
    withQuery(path, { kind, q: text, page: number === 1 ? undefined : String(number) });
  return documentOf(
    {
      title: 'Graph',
      section: path,
      json: withQuery('/api/v1/graph', { kind, q: text }),
      next: page * limit < shown.edges.length ? at(page + 1) : undefined,
      previous: page > 1 ? at(page - 1) : undefined,
      body: html`<h1>References</h1>
        ${filterForm(whole, kind, text)} ${await pictureOf(shown, statusOf)}
        ${edgeTable(shown, statusOf, page)}`,
    },
    await data.status(),
  );
}

const filterForm = (
  { nodes }: Graph,
  kind: string | undefined,
  text: string | undefined,
): Markup => {
  const kinds = [...new Set(nodes.map(({ address }) => splitAddress(address).kind))];
  return filters(path, [
    {
      name: 'kind',
      label: 'Kind',
      value: kind ?? '',
      options: kinds.map((one) => [one, one] as const),
    },
    { name: 'q', label: 'Name', value: text ?? '' },
  ]);
};

function statusesIn(report: Report | undefined): StatusOf {
  const statuses = new Map(
    report?.resources.map(({ kind, name, status }) => [addressOf(kind, name), status]),
  );
  return (address) => statuses.get(address);
}

/** The picture. The layout library is loaded when the first one is drawn. */
async function pictureOf(shown: Graph, statusOf: StatusOf): Promise<Markup> {
  if (shown.nodes.length === 0) return html`<p class="dim">No declared resource matches.</p>`;
  const { graphDrawing } = await import('../parts/graphDrawing.ts');
  return shown.nodes.length > maxDrawn
    ? html`<p class="dim">
          ${shown.nodes.length.toLocaleString('en')} resources are too many to draw, so there is one
          box for each kind. Filter to see the resources.
        </p>
        ${graphDrawing(collapseByKind(shown), statusOf, true)}`
    : graphDrawing(shown, statusOf, false);
}

const edgeTable = ({ edges }: Graph, statusOf: StatusOf, page: number): Markup =>
  table({
    caption: 'References',
    columns: ['Resource', 'Field', 'Refers to'],
    rows: edges
      .slice((page - 1) * limit, page * limit)
      .map(({ from, path: field, to }) => [
        nodeCell(from, statusOf),
        html`<code>${field}</code>`,
        nodeCell(to, statusOf),
      ]),
    empty: 'There are no references.',
  });

function nodeCell(address: Address, statusOf: StatusOf): Cell {
  const status = statusOf(address);
  return status === undefined ? address : html`${resourceLink(address)} ${mark(status)}`;
}
