import { addressOf, positionText } from '../../model/resource.ts';
import { countOf } from '../../model/text/countOf.ts';
import { resourceCostText } from '../../report/money/costText.ts';
import { changeText } from '../../report/rows/changeText.ts';
import { html, type Markup } from '../../report/html.ts';
import type { Need } from '../findings/needs.ts';
import { command } from '../elements/command.ts';
import { resourceLink, withQuery } from '../elements/links.ts';
import { mark } from '../elements/mark.ts';
import { ago } from '../elements/time.ts';

/** The number of resources of a need that are named. */
const maxNamed = 5;

/** An entry of the list of what needs a person. */
export function needMarkup(need: Need, now: Date): Markup {
  const { status, resources, reason, since, remedy } = need;
  const [first] = resources;
  const changes = first?.changes ?? [];
  return html`<li>
    <h3>${mark(status)} ${names(need)}</h3>
    ${reason === null ? '' : html`<p>${reason}</p>`}
    ${changes.length > 0 && resources.length === 1 ? html`<p>${changes.map(changeText).join(', ')}</p>` : ''}
    <p class="dim">Since ${ago(since, now)}${ownFacts(resources)}</p>
    <p>${remedy.text}</p>
    ${remedy.command === undefined ? '' : command(remedy.command)}
  </li>`;
}

/** Where a single resource is declared, and what it costs. */
function ownFacts(resources: Need['resources']): string {
  const [first] = resources;
  if (!first || resources.length > 1) return '';
  const texts = [first.source ? positionText(first.source) : '', resourceCostText(first)];
  return texts.map((text) => (text === '' ? '' : ` · ${text}`)).join('');
}

function names({ resources, status, reason }: Need): readonly (Markup | string)[] {
  const links = resources
    .slice(0, maxNamed)
    .flatMap(({ kind, name }, index) => [
      ...(index === 0 ? [] : [', ']),
      resourceLink(addressOf(kind, name)),
    ]);
  const more = resources.length - maxNamed;
  if (more <= 0) return links;
  const rest = withQuery('/resources', { status, q: reason?.slice(0, 40) });
  return [...links, html` and <a href="${rest}">${countOf(more, 'other')}</a>`];
}
