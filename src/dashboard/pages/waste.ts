import { moneyText } from '../../model/text/money.ts';
import { addressOf } from '../../model/resource.ts';
import { html, type Markup } from '../../report/html.ts';
import type { WasteItem } from '../../model/money/waste.ts';
import type { DashboardData } from '../data.ts';
import { documentOf } from '../layout.ts';
import { labelList } from '../parts/labelList.ts';
import { resourceLink } from '../elements/links.ts';
import { table, type Cell } from '../elements/table.ts';
import { ago } from '../elements/time.ts';

/** The number of resources on the page; the most expensive come first, and the JSON has all. */
const maxRows = 200;

/** `/waste`: what costs money and seems unused, in the lists that the last pass read. */
export async function waste(data: DashboardData): Promise<string> {
  const { items, incomplete } = data.waste();
  const now = data.now();
  const body = html`<h1>What costs money and seems unused</h1>
    ${
      incomplete.length === 0
        ? ''
        : html`<p class="dim">
            The last pass did not list all ${incomplete.map(({ kind }) => kind).join(', ')}, so
            something may be missing;
            <code>holdfast waste</code> lists them.
          </p>`
    }
    ${table({
      caption: 'Unused resources, the most expensive first',
      columns: [
        'Resource',
        'Why',
        'USD/month',
        'Since at the latest',
        'Declared',
        'Labels',
        'To end it',
      ],
      rows: items.slice(0, maxRows).map((item) => rowOf(item, now)),
      empty: 'Nothing that costs money seems unused.',
    })}
    ${items.length > maxRows ? html`<p>and ${items.length - maxRows} more</p>` : ''}`;
  return documentOf(
    { title: 'Waste', section: '/waste', json: '/api/v1/waste', body },
    await data.status(),
  );
}

const rowOf = (item: WasteItem, now: Date): readonly Cell[] => {
  const { kind, name, reason, monthly, since, declaredAt, labels } = item;
  return [
    resourceLink(addressOf(kind, name)),
    reason,
    monthly === null ? 'not known' : moneyText(monthly),
    since === null ? '' : ago(since, now),
    declaredAt ?? 'not declared',
    labelList(labels),
    yamlOf(item),
  ];
};

/** It can be scrolled with the keyboard. */
const yamlOf = ({ kind, name, yaml }: WasteItem): Markup =>
  html`<pre
    class="small"
    tabindex="0"
    role="region"
    aria-label="YAML for ${kind}/${name}"
  ><code>${yaml}</code></pre>`;
