import { statuses } from '../../model/pass/plan.ts';
import type { ReportedResource } from '../../model/pass/report.ts';
import {
  attention,
  parseResourceQuery,
  type ResourceQuery,
} from '../../model/pass/resourceQuery.ts';
import { addressOf, positionText } from '../../model/resource.ts';
import { countOf } from '../../model/text/countOf.ts';
import { changeText } from '../../report/rows/changeText.ts';
import { html, type Markup } from '../../report/html.ts';
import type { PageRequest } from '../../server/pages.ts';
import type { DashboardData } from '../data.ts';
import { documentOf } from '../layout.ts';
import { filters } from '../elements/filters.ts';
import { labelList } from '../parts/labelList.ts';
import { resourceLink, withQuery } from '../elements/links.ts';
import { mark, wordOf } from '../elements/mark.ts';
import { table, type Cell } from '../elements/table.ts';
import { ago } from '../elements/time.ts';

const path = '/resources';

/** `/resources`: all resources, filtered by status, kind, label, and text, in pages. */
export async function resources(data: DashboardData, { query }: PageRequest): Promise<string> {
  const status = await data.status();
  const wanted = parseResourceQuery(query);
  const report = data.lastReport();
  const form = filters(path, [
    {
      name: 'status',
      label: 'Status',
      value: query.get('status') ?? '',
      options: [
        [attention, 'needs attention'],
        ...statuses.map((one) => [one, wordOf(one)] as const),
      ],
    },
    {
      name: 'kind',
      label: 'Kind',
      value: query.get('kind') ?? '',
      options: [...new Set(report?.resources.map(({ kind }) => kind))].map((kind) => [kind, kind]),
    },
    { name: 'label', label: 'Label', value: query.get('label') ?? '' },
    { name: 'q', label: 'Name or reason', value: query.get('q') ?? '' },
  ]);
  const list =
    typeof wanted === 'string'
      ? { body: html`<p class="warning-text">${wanted}.</p>` }
      : listOf(data, wanted);
  return documentOf(
    {
      title: 'Resources',
      section: path,
      ...list,
      body: html`<h1>Resources</h1>
        ${form}${list.body}`,
    },
    status,
  );
}

/** One page of the list, and the addresses of its neighbours. */
function listOf(data: DashboardData, wanted: ResourceQuery) {
  const { items, total, nextPage } = data.resources(wanted);
  const { status, kind, label, text, page, limit } = wanted;
  const parameters = {
    status,
    kind,
    label: label?.text,
    q: text,
    limit: limit === 100 ? undefined : String(limit),
  };
  const at = (number: string | null, of = path): string | undefined =>
    number === null
      ? undefined
      : withQuery(of, { ...parameters, page: number === '1' ? undefined : number });
  const first = (page - 1) * limit;
  return {
    body: html`<p class="dim">${rangeText(first, items.length, total)}</p>
      ${resourceTable(items, data.now())}`,
    next: at(nextPage),
    previous: at(page > 1 ? String(page - 1) : null),
    json: at(String(page), '/api/v1/resources') ?? path,
  };
}

const rangeText = (first: number, count: number, total: number): string =>
  count === total
    ? countOf(total, 'resource')
    : `${first + 1} to ${first + count} of ${countOf(total, 'resource')}`;

const resourceTable = (items: readonly ReportedResource[], now: Date): Markup =>
  table({
    caption: 'Resources, those that need attention first',
    columns: ['Status', 'Resource', 'Details', 'Since', 'Declared'],
    rows: items.map((resource) => rowOf(resource, now)),
    empty: 'No resource matches.',
  });

const rowOf = (resource: ReportedResource, now: Date): readonly Cell[] => [
  mark(resource.status),
  resource.labels
    ? html`${resourceLink(addressOf(resource.kind, resource.name))} ${labelList(resource.labels)}`
    : resourceLink(addressOf(resource.kind, resource.name)),
  [
    ...(resource.reason === null ? [] : [resource.reason]),
    ...resource.changes.map(changeText),
  ].join(', '),
  ago(resource.since, now),
  resource.source ? positionText(resource.source) : 'not declared',
];
