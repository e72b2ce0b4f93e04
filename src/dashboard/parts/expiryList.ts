import { expiryText } from '../../model/pass/expiry.ts';
import type { Report } from '../../model/pass/report.ts';
import { addressOf, positionText } from '../../model/resource.ts';
import { html, type Markup } from '../../report/html.ts';
import { resourceLink } from '../elements/links.ts';

/** The number of expiries in the list. */
const maxShown = 20;

/** The resources that have expired, or expire within two days, and where that is declared. */
export function expiryList({ resources }: Pick<Report, 'resources'>): Markup | '' {
  const expiring = resources.flatMap(({ kind, name, source, expiry }) =>
    expiry ? [{ address: addressOf(kind, name), source, expiry }] : [],
  );
  if (expiring.length === 0) return '';
  return html`<section>
    <h2>Expiry</h2>
    <ul class="needs">
      ${expiring.slice(0, maxShown).map(
        ({ address, source, expiry }) =>
          html`<li>
            <h3>${resourceLink(address)}</h3>
            <p>It ${expiryText(expiry)}.</p>
            ${source ? html`<p class="dim">${positionText(source)}</p>` : ''}
          </li>`,
      )}
    </ul>
    ${expiring.length > maxShown ? html`<p>and ${expiring.length - maxShown} more</p>` : ''}
  </section>`;
}
