import {
  everything,
  suspensionText,
  type Suspension,
  type SuspensionTarget,
} from '../../model/pass/suspension.ts';
import { shellWord } from '../../model/text/shellWord.ts';
import { html, type Markup } from '../../report/html.ts';
import { command, type Flags } from '../elements/command.ts';
import { resourceLink } from '../elements/links.ts';

/** The number of suspensions in the list. */
const maxShown = 20;

/** The suspended resources, and how to end each suspension. That of everything is a warning of its own. */
export function suspensionList(
  suspended: ReadonlyMap<SuspensionTarget, Suspension>,
  flags: Flags,
): Markup | '' {
  const own = [...suspended].filter(([target]) => target !== everything);
  if (own.length === 0) return '';
  return html`<section>
    <h2>Suspended</h2>
    <ul class="needs">
      ${own.slice(0, maxShown).map(([target, suspension]) => entry(target, suspension, flags))}
    </ul>
    ${own.length > maxShown ? html`<p>and ${own.length - maxShown} more</p>` : ''}
  </section>`;
}

const entry = (target: SuspensionTarget, suspension: Suspension, flags: Flags): Markup =>
  html`<li>
    <h3>${target === everything ? 'everything' : resourceLink(target)}</h3>
    <p>${suspensionText(suspension)}</p>
    ${command(`holdfast resume ${shellWord(target)}${flags.server}`)}
  </li>`;
