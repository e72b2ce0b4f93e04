import type { ActionRecord } from '../../model/memory.ts';
import type { FieldChange } from '../../model/pass/plan.ts';
import { html, type Markup } from '../../report/html.ts';
import { changeText } from '../../report/rows/changeText.ts';
import { passLink } from '../elements/links.ts';
import { exact } from '../elements/time.ts';
import { durationText } from '../../model/time/duration.ts';

/** Past actions on a resource, newest first. */
export const timeline = (records: readonly ActionRecord[]): Markup =>
  records.length === 0
    ? html`<p class="dim">Holdfast has not written to it.</p>`
    : html`<ol class="timeline">
        ${records.map(entry)}
      </ol>`;

function entry({ at, action, outcome, error, took, pass, changes }: ActionRecord): Markup {
  const fields = JSON.parse(changes) as readonly FieldChange[];
  return html`<li class="${outcome === 'done' ? 'good' : outcome === 'failed' ? 'bad' : 'busy'}">
    <p>
      ${exact(at)} <code>${action}</code> ${outcome} in ${durationText(took)},
      ${passLink(pass, 'pass')}
    </p>
    ${error === null ? '' : html`<p>${error}</p>`}
    ${fields.length === 0 ? '' : html`<p class="dim">${fields.map(changeText).join(', ')}</p>`}
  </li>`;
}
