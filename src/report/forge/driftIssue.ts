import type { Status } from '../../model/pass/plan.ts';
import type { Report, ReportedResource } from '../../model/pass/report.ts';
import { positionText } from '../../model/resource.ts';
import { countOf } from '../../model/text/countOf.ts';
import { visible } from '../../model/text/visible.ts';
import { cell } from '../markdown.ts';
import { changeText } from '../rows/changeText.ts';

/** The issue about the drift of a workspace. */
export interface DriftIssue {
  /** What the body begins with. */
  readonly marker: string;
  readonly title: string;
  /** Markdown of at most 60,000 characters. */
  readonly body: string;
  /** Whether there is drift. */
  readonly open: boolean;
}

/** What an issue names beside the drift. */
export interface DriftIssueFrame {
  /** The URL of the dashboard; null if people cannot reach it. */
  readonly dashboard: string | null;
  /** Whether the config has workspaces, so that the title must name this one. */
  readonly oneOfSeveral: boolean;
}

/** The statuses of resources that the issue is about. */
export const driftingStatuses: ReadonlySet<Status> = new Set([
  'drifted',
  'missing',
  'blocked',
  'failed',
  'ambiguous',
  'contended',
]);

/** The greatest number of characters of a body. GitHub refuses 65,536. */
const maxBody = 60_000;

/**
 * Returns the issue that a pass asks for; undefined if the issue should stay as it is, since the pass is incomplete, or
 * since the API is still at work on what may have drifted, or since nothing of what has drifted is open yet. `isOpen`:
 * whether the drift of a resource is; default: it is at once. Text from the team is code, so it can contain no markup,
 * link, or mention. Pure.
 */
export function driftIssueOf(
  report: Report,
  { dashboard, oneOfSeveral }: DriftIssueFrame,
  isOpen: (resource: ReportedResource) => boolean = () => true,
): DriftIssue | undefined {
  if (!report.complete) return undefined;
  const drifting = report.resources.filter(({ status }) => driftingStatuses.has(status));
  const drift = drifting.filter(isOpen);
  if (drift.length === 0 && drifting.length > 0) return undefined;
  if (drift.length === 0 && report.summary.pending > 0) return undefined;
  const marker = `<!-- holdfast:drift:${report.workspace} -->`;
  const title = `Holdfast: drift${oneOfSeveral ? ` in ${visible(report.workspace)}` : ''}`.slice(
    0,
    255,
  );
  if (drift.length === 0) {
    const body = `${marker}\nThe team is in sync with the config again, as of ${report.finishedAt}.\n`;
    return { marker, title, body, open: false };
  }
  const framed = (table: string): string =>
    `${[`${marker}\n${headline(drift)}`, table, advice(dashboard)].join('\n\n')}\n`;
  const bodies = [
    framed(detailed(drift)),
    framed(`${tooLong('their differences')}\n\n${brief(drift)}`),
    framed(`${tooLong('their names')}\n\n${counted(drift)}`),
  ];
  const fitting = bodies.find(({ length }) => length <= maxBody);
  return { marker, title, body: fitting ?? `${marker}\n${headline(drift)}\n`, open: true };
}

const headline = (drift: readonly ReportedResource[]): string =>
  `**${countOf(drift.length, 'resource')}** of the team ${drift.length === 1 ? 'differs' : 'differ'} from the config.`;

const tooLong = (what: string): string =>
  `They are too many to be shown here with ${what}; \`holdfast drift\` prints all.`;

const detailed = (drift: readonly ReportedResource[]): string =>
  tableOf(
    ['resource', 'status', 'since', 'details', 'declared at'],
    drift.map(({ kind, name, status, since, reason, changes, source }) => [
      shown(`${kind}/${name}`),
      status,
      since,
      [...(reason === null ? [] : [reason]), ...changes.map(changeText)].map(shown).join('<br>'),
      source ? shown(positionText(source)) : '',
    ]),
  );

const brief = (drift: readonly ReportedResource[]): string =>
  tableOf(
    ['resource', 'status', 'since'],
    drift.map(({ kind, name, status, since }) => [shown(`${kind}/${name}`), status, since]),
  );

const counted = (drift: readonly ReportedResource[]): string =>
  tableOf(
    ['kind', 'status', 'resources'],
    [...Map.groupBy(drift, ({ kind, status }) => `${kind} ${status}`)].map(
      ([group, { length }]) => [...group.split(' '), String(length)],
    ),
  );

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const shown = (text: string): string => cell(visible(text));

const advice = (dashboard: string | null): string =>
  [
    '- `holdfast drift` prints what differs, and `holdfast explain KIND/NAME` everything known about one resource.',
    '- To make the team match the config, run `holdfast apply`, or let the daemon do it with `mode: enforce`. What is blocked says what lifts it.',
    '- To make the config match the team, change the YAML; `holdfast import` adds what is not declared yet.',
    ...(dashboard === null ? [] : [`- [Dashboard](<${dashboard}>)`]),
    '',
    'Holdfast keeps this issue up to date, and closes it when nothing differs.',
  ].join('\n');
