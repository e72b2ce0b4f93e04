import { html } from '../../report/html.ts';
import type { PageRequest } from '../../server/pages.ts';
import type { DashboardData } from '../data.ts';
import { documentOf } from '../layout.ts';
import { withQuery } from '../elements/links.ts';
import { passTable } from '../parts/passTable.ts';

const path = '/passes';

/** The number of passes per page, as in the HTTP API. */
const limit = 50;

/** `/passes`: the passes, newest first, in pages. */
export async function passes(data: DashboardData, { query }: PageRequest): Promise<string> {
  const before = query.get('page') ?? undefined;
  const found = await data.passes(limit + 1, before);
  const items = found.slice(0, limit);
  const next = found.length > limit ? items.at(-1)?.pass : undefined;
  return documentOf(
    {
      title: 'Passes',
      section: path,
      json: withQuery('/api/v1/passes', { page: before }),
      next: next === undefined ? undefined : withQuery(path, { page: next }),
      previous: before === undefined ? undefined : path,
      body: html`<h1>Passes</h1>
        ${passTable(items, data.now())}`,
    },
    await data.status(),
  );
}
