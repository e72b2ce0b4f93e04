// The contents of a report as text for people. In: a `Report`. Out: a `Told`, which `text.ts`, `markdown.ts`,
// `html.ts`, and `dashboard.ts` lay out. `reportFiles.ts` writes the files, and `newsFilter.ts` decides what the daemon
// prints.

import { countOf } from '../model/text/countOf.ts';
import { positionText } from '../model/resource.ts';
import { countNeedingAttention } from '../model/pass/attention.ts';
import { stoppedReason, type FieldChange, type Status } from '../model/pass/plan.ts';
import type { Report, ReportedAction, ReportedResource } from '../model/pass/report.ts';
import { visible } from '../model/text/visible.ts';

/** The style of a piece of text. */
export type Style = 'green' | 'yellow' | 'red' | 'dim' | 'bold' | 'cyan';

/** A line of a report: an action, or a resource that is not in sync. */
export interface Row {
  readonly sign: string;
  readonly word: string;
  readonly style: Style;
  readonly subject: string;
  readonly details: readonly string[];
}

/**
 * The contents of a report for people, with control characters escaped. Text, Markdown, and HTML lay out the same
 * contents.
 */
export interface ReportView {
  /** A sentence for each kind that could not be listed completely. */
  readonly incomplete: readonly string[];
  /** All actions, and the resources that are out of sync without an action. Unmanaged resources are only counted. */
  readonly rows: readonly Row[];
  /**
   * The number of actions that were not started because Holdfast was stopped, as a sentence; empty if there are none.
   */
  readonly left: string;
  /** The planned or finished actions, such as `3 to create, 1 to update`. */
  readonly headline: string;
  /** Whether there is nothing to do, and no resource needs attention. */
  readonly needsNoAttention: boolean;
  /** The number of resources by status, such as `3 in sync`. */
  readonly counts: string;
  /** The requests and the cost. */
  readonly figures: string;
}

/** Makes the contents of a report for people. Pure. */
export function viewOf(report: Report): ReportView {
  const positions = positionsOf(report);
  return {
    incomplete: report.incomplete.map(({ kind, error }) =>
      visible(
        `${kind} could not be listed to the end, so none is created, deleted or called missing: ${error}`,
      ),
    ),
    rows: [
      ...report.actions
        .filter((action) => !isRemaining(action))
        .map((action) => actionRow(action, positions)),
      ...findingRows(findings(report)),
    ].map(visibleRow),
    left: remainingText(report),
    ...summaryTexts(report),
    figures: visible(figuresText(report)),
  };
}

const visibleRow = ({ subject, details, ...row }: Row): Row => ({
  ...row,
  subject: visible(subject),
  details: details.map(visible),
});

/** Whether an action was not started because Holdfast was stopped. */
const isRemaining = ({ outcome, error }: ReportedAction): boolean =>
  outcome === 'skipped' && error === stoppedReason;

function remainingText({ actions }: Report): string {
  const count = actions.filter(isRemaining).length;
  if (count === 0) return '';
  return `Stopped: ${countOf(count, 'action is', 'actions are')} left of ${actions.length}.`;
}

const signs: Readonly<Record<ReportedAction['verb'], readonly [sign: string, style: Style]>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  assign: ['+', 'cyan'],
  unassign: ['-', 'cyan'],
  start: ['>', 'yellow'],
  stop: ['.', 'yellow'],
  delete: ['-', 'red'],
};

/** The positions of declared resources, such as `team.yaml:12:3`, by `kind/name`. */
const positionsOf = ({ resources }: Report): ReadonlyMap<string, string> =>
  new Map(
    resources.flatMap(({ kind, name, source }) =>
      source ? [[`${kind}/${name}`, positionText(source)] as const] : [],
    ),
  );

const withPosition = (text: string, position: string | undefined): string =>
  position === undefined ? text : `${text} (${position})`;

function actionRow(action: ReportedAction, positions: ReadonlyMap<string, string>): Row {
  const [sign, style] = signs[action.verb];
  const { outcome, error } = action;
  const outcomeTexts =
    outcome === 'planned' || outcome === 'done' ? [] : [`${outcome}: ${error ?? ''}`];
  const isNotDone = outcome === 'failed' || outcome === 'blocked' || outcome === 'skipped';
  return {
    sign: outcome === 'blocked' ? '!' : sign,
    word: action.verb,
    style: isNotDone ? 'red' : style,
    subject: subjectOf(action),
    details: [
      ...detailsOf(action),
      ...outcomeTexts.map((text) => {
        const position = positions.get(`${action.kind}/${action.name}`);
        return withPosition(text.replace(/: $/, ''), outcome === 'blocked' ? position : undefined);
      }),
      ...(action.note === null ? [] : [action.note]),
    ],
  };
}

/** The address, and for an action on a member its relation and name. */
const subjectOf = ({ kind, name, relation, member }: ReportedAction): string =>
  relation === null ? `${kind}/${name}` : `${kind}/${name} ${relation}/${member}`;

function detailsOf({ verb, changes, resourceId, liveName }: ReportedAction): readonly string[] {
  if (verb === 'delete') return [liveText(resourceId, liveName)];
  if (verb === 'update') return changes.map(changeText);
  if (verb !== 'create' || changes.length === 0) return [];
  const fields = changes.map(({ path, desired }) => `${path}: ${valueText(desired)}`).join(', ');
  return [clip(fields, 120)];
}

/** The live resource that a deletion deletes, which may have another name than the declared one. */
const liveText = (id: string | null, liveName: string | undefined): string =>
  `id ${id ?? 'unknown'}${liveName === undefined ? '' : `, live name ${liveName}`}`;

/** Formats a change as one line, such as `diskSize: 50 → 100`. */
export const changeText = ({ path, desired, observed }: FieldChange): string =>
  `${path}: ${observed === null ? '' : `${valueText(observed)} → `}${valueText(desired)}`;

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return clip(text, 60);
}

const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

/** The statuses that get no row of their own. A missing resource has an action. */
const counted: ReadonlySet<Status> = new Set(['inSync', 'missing', 'unmanaged']);

/** The number of actions that were done or are pending, by verb. */
function doneBy(actions: readonly ReportedAction[]): Report['summary']['actions'] {
  const done = { create: 0, update: 0, assign: 0, unassign: 0, start: 0, stop: 0, delete: 0 };
  for (const { verb, outcome } of actions)
    if (outcome === 'done' || outcome === 'pending') done[verb] += 1;
  return done;
}

/** The resources that are out of sync without an action, or blocked for a reason that no action shows. */
function findings({ resources, actions }: Report): readonly ReportedResource[] {
  const listed = Map.groupBy(actions, ({ kind, name }) => `${kind}/${name}`);
  return resources.filter(({ kind, name, status, reason }) => {
    const resourceActions = listed.get(`${kind}/${name}`);
    if (counted.has(status)) return false;
    if (!resourceActions) return true;
    const isShown = resourceActions.some(({ error }) => error === reason);
    return status === 'blocked' && reason !== null && !isShown;
  });
}

/** The number of similar findings that get a row each; the others are counted in one row. */
const maxSimilar = 5;

/** The rows of the findings. A reason that blocks hundreds of resources is not repeated hundreds of times. */
const findingRows = (found: readonly ReportedResource[]): readonly Row[] =>
  [...Map.groupBy(found, similarityKey).values()].flatMap((group) => [
    ...group.slice(0, maxSimilar).map(findingRow),
    ...remainderRow(group.slice(maxSimilar)),
  ]);

/**
 * Equal for findings of a kind with the same status and reason. A finding with field changes is similar to no other.
 */
const similarityKey = ({ kind, name, status, reason, changes }: ReportedResource): string =>
  JSON.stringify(reason === null || changes.length > 0 ? [kind, name] : [kind, status, reason]);

function remainderRow(group: readonly ReportedResource[]): readonly Row[] {
  const [first] = group;
  if (!first) return [];
  const subject = `and ${group.length.toLocaleString('en')} more of ${first.kind}`;
  return [{ ...findingRow(first), subject, details: ['for the same reason'] }];
}

function findingRow({ kind, name, status, reason, changes, source }: ReportedResource): Row {
  const position = status === 'blocked' && source ? positionText(source) : undefined;
  return {
    sign: '!',
    word: status,
    style: status === 'pending' || status === 'orphaned' ? 'yellow' : 'red',
    subject: `${kind}/${name}`,
    details: [
      ...(reason === null ? [] : [withPosition(reason, position)]),
      ...changes.map(changeText),
    ],
  };
}

function summaryTexts(
  report: Report,
): Pick<ReportView, 'headline' | 'needsNoAttention' | 'counts'> {
  const { actions, complete } = report;
  const { actions: planned, ...byStatus } = report.summary;
  const isPlan = actions.some(({ outcome }) => outcome === 'planned');
  const actionCounts = counts(
    isPlan ? planned : doneBy(actions),
    (verb, count) => `${count} ${isPlan ? `to ${verb}` : pastTense[verb]}`,
  );
  const failed = actions.filter(({ outcome }) => outcome === 'failed').length;
  const parts = [...actionCounts, ...(failed > 0 ? [`${countOf(failed, 'action')} failed`] : [])];
  const states = counts(byStatus, (status, count) => `${count} ${statusText(status)}`);
  const quiet = complete && parts.length === 0 && countNeedingAttention(report.summary) === 0;
  return {
    headline: quiet ? 'All in sync, nothing to do' : parts.join(', ') || whyNotQuiet(report),
    needsNoAttention: quiet,
    counts: states.join(', ') || 'no resources',
  };
}

/** The headline of a report without actions whose resources are not all in sync. */
const whyNotQuiet = ({ summary, complete }: Report): string =>
  complete || countNeedingAttention(summary) > 0 ? 'Not in sync' : 'Not everything could be listed';

const pastTense: Readonly<Record<ReportedAction['verb'], string>> = {
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

const statusText = (status: string): string => (status === 'inSync' ? 'in sync' : status);

function figuresText({ estimate, cost, api, actions }: Report): string {
  const { managed, unmanaged, change } = cost.hourly;
  const total = managed + unmanaged;
  return [
    actions.some(({ outcome }) => outcome === 'planned')
      ? `${countOf(estimate.requests, 'API call')}, about ${estimate.seconds} s at the current rate`
      : countOf(api.requests, 'API request'),
    ...(total > 0 || change !== 0 ? [`${money(total)} USD/h now, ${signed(change)} USD/h`] : []),
    ...(cost.unpriced.length > 0
      ? [`no price known for ${cost.unpriced.join(', ')} (settings.prices)`]
      : []),
  ].join(' · ');
}

const money = (amount: number): string => amount.toFixed(2);
const signed = (amount: number): string => (amount < 0 ? '' : '+') + money(amount);
