// The rows of a report: one for each resource with an action or out of sync. `steps.ts` describes its actions,
// `outcomes.ts` what came of them, `conditionText.ts` where it is declared and since when it has been out of sync.

import type { Status } from '../../model/pass/plan.ts';
import type { Report, ReportedAction, ReportedResource } from '../../model/pass/report.ts';
import { visible } from '../../model/text/visible.ts';
import { changeText } from './changeText.ts';
import { conditionText } from './conditionText.ts';
import { isUndone, outcomeTexts, untoldReason } from './outcomes.ts';
import { stepLines, wordOf, type Line, type Word } from './steps.ts';

/** The style of a piece of text. */
export type Style = 'green' | 'yellow' | 'red' | 'dim' | 'bold' | 'cyan';

/** A resource in a report: one that has actions, or one that is not in sync. */
export interface Row {
  readonly sign: string;
  readonly word: string;
  readonly style: Style;
  readonly subject: string;
  /** Its steps, their outcomes, and what else a person needs to know. */
  readonly lines: readonly Line[];
}

/**
 * The rows of a report: the resources of the given actions, in the order of their first actions, and then the resources
 * that are out of sync without an action. No resource has two rows. Unmanaged resources have none. Pure.
 */
export function rowsOf(report: Report, actions: readonly ReportedAction[]): readonly Row[] {
  const resources = new Map(report.resources.map((resource) => [keyOf(resource), resource]));
  return [
    ...[...Map.groupBy(actions, keyOf)].map(([address, own]) =>
      actionsRow(address, own, { resource: resources.get(address), report }),
    ),
    ...findingRows(findings(report), report),
  ].map(visibleRow);
}

const keyOf = ({ kind, name }: { readonly kind: string; readonly name: string }): string =>
  `${kind}/${name}`;

const visibleRow = ({ subject, lines, ...row }: Row): Row => ({
  ...row,
  subject: visible(subject),
  lines: lines.map((line) => line.map(visible)),
});

const signs: Readonly<Record<Word, readonly [sign: string, style: Style]>> = {
  create: ['+', 'green'],
  update: ['~', 'yellow'],
  assign: ['+', 'cyan'],
  unassign: ['-', 'cyan'],
  start: ['>', 'yellow'],
  stop: ['.', 'yellow'],
  delete: ['-', 'red'],
  replace: ['±', 'red'],
};

/** The row of a resource with actions. A deleted resource is in no report. */
function actionsRow(
  address: string,
  actions: readonly ReportedAction[],
  {
    resource,
    report,
  }: { readonly resource: ReportedResource | undefined; readonly report: Report },
): Row {
  const word = wordOf(actions);
  const [sign, style] = signs[word];
  const reason = resource ? untoldReason(resource, actions) : '';
  const isBlocked = reason !== '' || actions.some(({ outcome }) => outcome === 'blocked');
  return {
    sign: isBlocked ? '!' : sign,
    word,
    style: isBlocked || actions.some(isUndone) ? 'red' : style,
    subject: address,
    lines: [
      ...stepLines(actions, word),
      ...outcomeTexts(actions).map(lineOf),
      ...(resource && reason !== '' ? untoldLines(resource, reason, actions) : []),
      ...[...new Set(actions.flatMap(({ note }) => note ?? []))].map(lineOf),
      ...(resource ? includedLines(resource) : []),
      ...(resource ? filled(conditionText(resource, actions, report)) : []),
    ],
  };
}

const includedLines = ({ included }: ReportedResource): readonly Line[] =>
  included === undefined ? [] : [[`included, since ${included}`]];

const lineOf = (text: string): Line => [text];
const filled = (text: string): readonly Line[] => (text === '' ? [] : [[text]]);

/** What keeps a resource from being in sync beside its actions: the reason, and the differences that they leave. */
function untoldLines(
  { status, changes }: ReportedResource,
  reason: string,
  actions: readonly ReportedAction[],
): readonly Line[] {
  const covered = new Set(actions.flatMap((action) => action.changes.map(({ path }) => path)));
  const left = changes.filter(({ path }) => !covered.has(path));
  return [[`${status}: ${reason}`], ...(left.length > 0 ? [left.map(changeText)] : [])];
}

/** The statuses that get no row of their own. A missing resource has an action. */
const counted: ReadonlySet<Status> = new Set(['inSync', 'missing', 'unmanaged']);

/** The resources that are out of sync without an action. */
function findings({ resources, actions }: Report): readonly ReportedResource[] {
  const acted = new Set(actions.map(keyOf));
  return resources.filter(
    (resource) => !counted.has(resource.status) && !acted.has(keyOf(resource)),
  );
}

/** The number of similar findings that get a row each; the others are counted in one row. */
const maxSimilar = 5;

/** The rows of the findings. A reason that blocks hundreds of resources is not repeated hundreds of times. */
const findingRows = (found: readonly ReportedResource[], report: Report): readonly Row[] =>
  [...Map.groupBy(found, similarityKey).values()].flatMap((group) => [
    ...group.slice(0, maxSimilar).map((resource) => findingRow(resource, report)),
    ...remainderRow(group.slice(maxSimilar)),
  ]);

/**
 * Equal for findings of a kind with the same status and reason. A finding with field changes, or one that is only
 * included, is similar to no other.
 */
const similarityKey = ({
  kind,
  name,
  status,
  reason,
  changes,
  included,
}: ReportedResource): string =>
  JSON.stringify(
    reason === null || changes.length > 0 || included !== undefined
      ? [kind, name]
      : [kind, status, reason],
  );

function remainderRow(group: readonly ReportedResource[]): readonly Row[] {
  const [first] = group;
  if (!first) return [];
  const subject = `and ${group.length.toLocaleString('en')} more of ${first.kind}`;
  return [{ ...statusHead(first.status), subject, lines: [['for the same reason']] }];
}

const statusHead = (status: Status): Pick<Row, 'sign' | 'word' | 'style'> => ({
  sign: '!',
  word: status,
  style: status === 'pending' || status === 'orphaned' ? 'yellow' : 'red',
});

function findingRow(resource: ReportedResource, report: Report): Row {
  const { status, reason, changes } = resource;
  return {
    ...statusHead(status),
    subject: keyOf(resource),
    lines: [
      ...(reason === null ? [] : [[reason]]),
      ...(changes.length === 0 ? [] : [changes.map(changeText)]),
      ...includedLines(resource),
      ...filled(conditionText(resource, [], report)),
    ],
  };
}
