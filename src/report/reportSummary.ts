import { countNeedingAttention } from '../model/pass/attention.ts';
import type { Report, ReportedAction } from '../model/pass/report.ts';
import { countOf } from '../model/text/countOf.ts';
import { visible } from '../model/text/visible.ts';
import { costTexts } from './money/costText.ts';

/** The summary of a report for people. */
export interface ReportSummary {
  /** The resources that failed, such as `2 failed: machines/a, machines/b`; empty if there are none. */
  readonly failures: string;
  /** The planned or finished actions, such as `3 to create, 1 to update`. */
  readonly headline: string;
  /** Whether there is nothing to do, all lists are complete, no resource needs attention, and actions are not suspended. */
  readonly needsNoAttention: boolean;
  /** The number of resources by status, such as `3 in sync`. */
  readonly counts: string;
}

/** Summarizes a report. Pure. */
export function summaryOf(report: Report): ReportSummary {
  const { actions } = report;
  const { actions: planned, ...byStatus } = report.summary;
  const isPlan = actions.some(({ outcome }) => outcome === 'planned');
  const actionCounts = isPlan
    ? counts(planned, (verb, count) => `${count} to ${verb}`)
    : doneTexts(actions);
  const failed = actions.filter(({ outcome }) => outcome === 'failed').length;
  const parts = [...actionCounts, ...(failed > 0 ? [`${countOf(failed, 'action')} failed`] : [])];
  const states = counts(byStatus, (status, count) => `${count} ${statusText(status)}`);
  const quiet =
    isComplete(report) &&
    actions.length === 0 &&
    countNeedingAttention(report.summary) === 0 &&
    report.suspended === undefined;
  return {
    failures: failuresText(report),
    headline: quiet ? quietText(report) : parts.join(', ') || whyNotQuiet(report),
    needsNoAttention: quiet,
    counts: states.join(', ') || 'no resources',
  };
}

const quietText = ({ only }: Report): string =>
  `${only ? 'The selection is' : 'All'} in sync, nothing to do`;

/** The actions that were done or are pending: `3 created`, `1 updated`. */
export const doneTexts = (actions: readonly ReportedAction[]): readonly string[] =>
  counts(doneBy(actions), (verb, count) => `${count} ${pastTense[verb]}`);

/** The number of actions that were done or are pending, by verb. */
export function doneBy(actions: readonly ReportedAction[]): Report['summary']['actions'] {
  const done = { create: 0, update: 0, assign: 0, unassign: 0, start: 0, stop: 0, delete: 0 };
  for (const { verb, outcome } of actions)
    if (outcome === 'done' || outcome === 'pending') done[verb] += 1;
  return done;
}

const isComplete = ({ complete, incomplete }: Report): boolean =>
  complete && incomplete.length === 0;

/** The headline of a report in which nothing was done, and not all is in sync. */
function whyNotQuiet(report: Report): string {
  if (countNeedingAttention(report.summary) > 0) return 'Not in sync';
  if (!isComplete(report)) return 'Not everything could be listed';
  return report.suspended && report.actions.length === 0
    ? 'Everything is suspended'
    : 'Not in sync';
}

/** The greatest number of failed resources that the summary names. */
const maxFailures = 5;

function failuresText(report: Report): string {
  const failed = failedResources(report).map(visible);
  if (failed.length === 0) return '';
  const more = failed.length - maxFailures;
  const names = failed.slice(0, maxFailures).join(', ');
  return `${failed.length} failed: ${names}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The resources with failed actions, and those that failed in an earlier pass or by themselves: `machines/a`. */
export const failedResources = ({ actions, resources }: Report): readonly string[] => [
  ...new Set(
    [
      ...actions.filter(({ outcome }) => outcome === 'failed'),
      ...resources.filter(({ status }) => status === 'failed'),
    ].map(({ kind, name }) => `${kind}/${name}`),
  ),
];

/** The words for finished actions. */
export const pastTense: Readonly<Record<ReportedAction['verb'], string>> = {
  create: 'created',
  update: 'updated',
  assign: 'assigned',
  unassign: 'unassigned',
  start: 'started',
  stop: 'stopped',
  delete: 'deleted',
};

const counts = <Word extends string>(
  byWord: Readonly<Record<Word, number>>,
  text: (word: Word, count: number) => string,
): readonly string[] =>
  (Object.entries(byWord) as [Word, number][]).flatMap(([word, count]) =>
    count > 0 ? [text(word, count)] : [],
  );

/** The words for a status. */
export const statusText = (status: string): string => (status === 'inSync' ? 'in sync' : status);

/** The requests and the cost of a pass, in one line. */
export function figuresText(report: Report): string {
  const { estimate, api, actions } = report;
  return [
    actions.some(({ outcome }) => outcome === 'planned')
      ? `${countOf(estimate.requests, 'API call')}, about ${estimate.seconds} s at the current rate`
      : countOf(api.requests, 'API request'),
    ...costTexts(report),
  ].join(' · ');
}
