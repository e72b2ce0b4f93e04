import type { Report } from '../../model/pass/report.ts';
import { html, type Markup } from '../../report/html.ts';
import type { Status } from '../../server/views.ts';
import { passLink } from '../elements/links.ts';
import { ago } from '../elements/time.ts';
import { durationText } from '../../model/time/duration.ts';

/** When the last pass was, when the next one is, and where the config is from. */
export const freshness = (
  status: Status,
  report: Report | undefined,
  now: Date,
): readonly Markup[] =>
  [
    ...(report ? [lastPass(report, now)] : []),
    nextPass(status, now),
    ...(status.revision === '' ? [] : [config(status)]),
  ].map((part, index) => (index === 0 ? part : html` · ${part}`));

const lastPass = ({ pass, startedAt, finishedAt }: Report, now: Date): Markup =>
  html`Last pass ${passLink(pass, ago(finishedAt, now))}, in
  ${durationText(Date.parse(finishedAt) - Date.parse(startedAt))}`;

function nextPass({ nextPass: next, currentPass }: Status, now: Date): Markup {
  if (currentPass)
    return html`a pass began ${ago(currentPass.startedAt, now)} and has not ended yet`;
  return next === null ? html`the next pass waits for a change` : html`next pass ${ago(next, now)}`;
}

const config = ({ git, revision }: Status): Markup =>
  git
    ? html`commit <code>${git.commit.slice(0, 12)}</code> by ${git.author}: ${git.subject}`
    : html`config <code>${revision.slice(0, 12)}</code>`;
