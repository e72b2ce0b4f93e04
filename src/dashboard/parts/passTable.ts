import { countNeedingAttention } from '../../model/pass/attention.ts';
import { verbs } from '../../model/pass/plan.ts';
import type { PassSummary } from '../../model/pass/report.ts';
import { html, type Markup } from '../../report/html.ts';
import { passLink } from '../elements/links.ts';
import { table, type Cell } from '../elements/table.ts';
import { ago } from '../elements/time.ts';
import { durationText } from '../../model/time/duration.ts';

/** A list of passes. */
export const passTable = (passes: readonly PassSummary[], now: Date): Markup =>
  table({
    caption: 'Passes, newest first',
    columns: ['Ended', 'Trigger', 'Mode', 'In sync', 'Out of sync', 'Actions', 'Took'],
    rows: passes.map((pass) => rowOf(pass, now)),
    empty: 'No pass has ended yet.',
  });

function rowOf(entry: PassSummary, now: Date): readonly Cell[] {
  const { pass, trigger, mode, startedAt, finishedAt, summary } = entry;
  const open = countNeedingAttention(summary);
  const actions = verbs.flatMap((verb) => {
    const count = summary.actions[verb];
    return count > 0 ? [`${count} ${verb}`] : [];
  });
  return [
    passLink(pass, ago(finishedAt, now)),
    trigger,
    mode,
    summary.inSync,
    open > 0 ? html`<strong class="warning-text">${open}</strong>` : 0,
    actions.join(', ') || 'none',
    durationText(Date.parse(finishedAt) - Date.parse(startedAt)),
  ];
}
