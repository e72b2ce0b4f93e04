import { needsAttention } from './attention.ts';
import { statuses, type Status } from './plan.ts';
import type { ReportedResource } from './report.ts';
import { parseSelector, selects, type Selector } from '../selection/selector.ts';

/** A selection of the resources of a report, and a page of it. */
export interface ResourceQuery {
  /** One status, or all that need attention; undefined: any. */
  readonly status: Status | typeof attention | undefined;
  readonly kind: string | undefined;
  /** The label that resources have, as written: `owner=ml`, with `*` for any characters of the value. */
  readonly label: Selector | undefined;
  /** Part of the address or of the reason, in any case. */
  readonly text: string | undefined;
  /** Counts from 1. */
  readonly page: number;
  readonly limit: number;
}

/** The value of `status` that selects all resources that need attention. */
export const attention = 'attention';

/** The largest number of resources per page. */
const maxLimit = 200;

/** A page of resources, those that need attention first. */
export interface ResourcePage {
  readonly items: readonly ReportedResource[];
  /** The number of resources on all pages. */
  readonly total: number;
  readonly nextPage: string | null;
}

/**
 * Parses the parameters `status`, `kind`, `label`, `q`, `page`, and `limit` (100 by default). An empty parameter is
 * none. Returns a message for the user if one cannot be used.
 */
export function parseResourceQuery(
  parameters: Pick<URLSearchParams, 'get'>,
): ResourceQuery | string {
  const get = (name: string): string | undefined => parameters.get(name) || undefined;
  const status = get('status');
  const labelText = get('label');
  const label = labelText === undefined ? undefined : parseSelector(labelText);
  const page = Number(get('page') ?? 1);
  const limit = Number(get('limit') ?? 100);
  if (status !== undefined && !isSelectable(status))
    return `status must be one of ${[attention, ...statuses].join(', ')}`;
  if (labelText !== undefined && label?.by !== 'label')
    return 'label must be a label and its value, such as owner=ml';
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    return `limit must be a number from 1 to ${maxLimit}`;
  if (!Number.isSafeInteger(page) || page < 1) return 'page must be a number from 1';
  return { status, kind: get('kind'), label, text: get('q'), page, limit };
}

const isSelectable = (word: string): word is Status | typeof attention =>
  word === attention || (statuses as readonly string[]).includes(word);

/** Selects a page of resources. Pure. */
export function selectResources(
  resources: readonly ReportedResource[],
  { status, kind, label, text, page, limit }: ResourceQuery,
): ResourcePage {
  const wanted = text?.toLowerCase();
  const found = resources.filter(
    (resource) =>
      (kind === undefined || resource.kind === kind) &&
      (status === undefined || hasStatus(resource, status)) &&
      (label === undefined || selects(label, resource)) &&
      (wanted === undefined || textOf(resource).includes(wanted)),
  );
  const ordered = [
    ...found.filter((resource) => needsAttention(resource.status)),
    ...found.filter((resource) => !needsAttention(resource.status)),
  ];
  const end = page * limit;
  return {
    items: ordered.slice(end - limit, end),
    total: ordered.length,
    nextPage: end < ordered.length ? String(page + 1) : null,
  };
}

const hasStatus = (resource: ReportedResource, wanted: Status | typeof attention): boolean =>
  wanted === attention ? needsAttention(resource.status) : resource.status === wanted;

const textOf = ({ kind, name, reason }: ReportedResource): string =>
  `${kind}/${name} ${reason ?? ''}`.toLowerCase();
