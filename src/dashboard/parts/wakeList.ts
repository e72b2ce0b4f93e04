import { wakeText, type Wake } from '../../model/pass/wake.ts';
import type { Address } from '../../model/resource.ts';
import { shellWord } from '../../model/text/shellWord.ts';
import { html, type Markup } from '../../report/html.ts';
import { command, type Flags } from '../elements/command.ts';
import { resourceLink } from '../elements/links.ts';

/** The number of wakes in the list. */
const maxShown = 20;

/** The machines that run in spite of their timetables, and how to end each wake. */
export function wakeList(wakes: ReadonlyMap<Address, Wake>, flags: Flags): Markup | '' {
  if (wakes.size === 0) return '';
  return html`<section>
    <h2>Awake</h2>
    <ul class="needs">
      ${[...wakes].slice(0, maxShown).map(
        ([address, wake]) =>
          html`<li>
            <h3>${resourceLink(address)}</h3>
            <p>${wakeText(wake)}</p>
            ${cancelCommand(address, flags)}
          </li>`,
      )}
    </ul>
    ${wakes.size > maxShown ? html`<p>and ${wakes.size - maxShown} more</p>` : ''}
  </section>`;
}

/** The command that ends a wake. */
export const cancelCommand = (address: Address, flags: Flags): Markup =>
  command(`holdfast wake ${shellWord(address)} --cancel${flags.server}`);
