import type { Report } from '../../model/pass/report.ts';
import { html, type Markup } from '../../report/html.ts';
import { exact } from '../elements/time.ts';
import { durationText } from '../../model/time/duration.ts';

/** The facts of a pass: why and when it ran, its stages, its requests, and its digest. */
export const passFacts = (report: Report): Markup =>
  html`<dl class="facts">
    ${factsOf(report).map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

function factsOf(report: Report): readonly (readonly [string, Markup | string])[] {
  const { trigger, mode, startedAt, finishedAt, api, digest, revision, git } = report;
  const { requests, retries, rateLimited, throttle } = api;
  const took = Date.parse(finishedAt) - Date.parse(startedAt);
  return [
    ['Trigger', trigger],
    ['Mode', mode],
    ['Began', exact(startedAt)],
    ['Took', durationText(took)],
    ...(report.stages ?? []).map(
      ({ stage, milliseconds }) => [stageNames[stage], durationText(milliseconds)] as const,
    ),
    [
      'Requests',
      `${requests}, ${retries} of them repeated, ${rateLimited} refused by the rate limit`,
    ],
    ...(throttle ? [['Rate', `${throttle.rate.toFixed(1)} requests per second`] as const] : []),
    [
      'Config',
      git
        ? html`commit <code>${git.commit}</code> by ${git.author}`
        : html`<code>${revision.slice(0, 12)}</code>`,
    ],
    ['Digest', html`<code>${digest}</code>`],
  ];
}

const stageNames = { observe: 'Observing', plan: 'Planning', apply: 'Applying' } as const;
