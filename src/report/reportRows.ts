import { positionText } from '../model/resource.ts';
import type { FieldChange, Status } from '../model/pass/plan.ts';
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
 * The rows of a report: the given actions, and then the resources that are out of sync without an action. Unmanaged
 * resources get none. Pure.
 */
export function rowsOf(report: Report, actions: readonly ReportedAction[]): readonly Row[] {
  const positions = positionsOf(report);
  return [
    ...actions.map((action) => actionRow(action, positions)),
    ...findingRows(findings(report)),
  ].map(visibleRow);
}

const visibleRow = ({ subject, details, ...row }: Row): Row => ({
  ...row,
  subject: visible(subject),
  details: details.map(visible),
});

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
