import { statuses, toldToStop, type FieldChange, type Status } from '../model/pass/plan.ts';
import type { Report, ReportedAction, ReportedResource } from '../model/pass/report.ts';
import type { Source } from '../model/resource.ts';
import { visible } from '../model/text/visible.ts';

/** How a piece of text stands out. */
export type Style = 'green' | 'yellow' | 'red' | 'dim' | 'bold' | 'cyan';

/** One thing that is done, or that is not as it should be. */
export interface Row {
  readonly sign: string;
  readonly word: string;
  readonly style: Style;
  readonly subject: string;
  readonly details: readonly string[];
}

/** What a report has to say to a person, visibly. Text, Markdown and HTML lay out the same. */
export interface Told {
  /** Which kinds could not be listed, a sentence each. */
  readonly incomplete: readonly string[];
  /** Each action, and each resource that is not in sync for another reason; what is merely unmanaged is only counted. */
  readonly rows: readonly Row[];
  /** How many actions are left where Holdfast was stopped; empty where it was not. */
  readonly left: string;
  /** What is to be done or was done: `3 to create, 1 to update`. */
  readonly headline: string;
  /** Whether there is nothing to do, and nothing that anybody has to look at. */
  readonly quiet: boolean;
  /** How many resources are in which status. */
  readonly counts: string;
  /** What it takes or took, and what it costs. */
  readonly figures: string;
}

/** What is to be told of a report. Pure. */
export function told(report: Report): Told {
  const places = placesOf(report);
  return {
    incomplete: report.incomplete.map(({ kind, error }) =>
      visible(
        `${kind} could not be listed to the end, so none is created, deleted or called missing: ${error}`,
      ),
    ),
    rows: [
      ...report.actions.filter((one) => !isLeft(one)).map((one) => actionRow(one, places)),
      ...findingRows(findings(report)),
    ].map(visibleRow),
    left: left(report),
    ...summary(report),
    figures: visible(figures(report)),
  };
}

const visibleRow = ({ subject, details, ...row }: Row): Row => ({
  ...row,
  subject: visible(subject),
  details: details.map(visible),
});

/** Whether an action was not begun, since somebody stopped Holdfast. */
const isLeft = ({ outcome, error }: ReportedAction): boolean =>
  outcome === 'skipped' && error === toldToStop;

function left({ actions }: Report): string {
  const count = actions.filter(isLeft).length;
  if (count === 0) return '';
  const are = count === 1 ? 'action is' : 'actions are';
  return `Stopped: ${count} ${are} left of ${actions.length}.`;
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

/** Where resources are declared: `team.yaml:12:3`, by `kind/name`. */
const placesOf = ({ resources }: Report): ReadonlyMap<string, string> =>
  new Map(
    resources.flatMap(({ kind, name, source }) =>
      source ? [[`${kind}/${name}`, placeOf(source)] as const] : [],
    ),
  );

const placeOf = ({ file, line, column }: Source): string => `${file}:${line}:${column}`;

/** A text with the place that it is about, where there is one. */
const at = (text: string, place: string | undefined): string =>
  place === undefined ? text : `${text} (${place})`;

function actionRow(action: ReportedAction, places: ReadonlyMap<string, string>): Row {
  const [sign, style] = signs[action.verb];
  const { outcome, error } = action;
  const ended = outcome === 'planned' || outcome === 'done' ? [] : [`${outcome}: ${error ?? ''}`];
  const bad = outcome === 'failed' || outcome === 'blocked' || outcome === 'skipped';
  return {
    sign: outcome === 'blocked' ? '!' : sign,
    word: action.verb,
    style: bad ? 'red' : style,
    subject: subjectOf(action),
    details: [
      ...detailsOf(action),
      ...ended.map((text) => {
        const place = places.get(`${action.kind}/${action.name}`);
        return at(text.replace(/: $/, ''), outcome === 'blocked' ? place : undefined);
      }),
      ...(action.note === null ? [] : [action.note]),
    ],
  };
}

/** `kind/name`, and the member that is assigned. */
const subjectOf = ({ kind, name, relation, member }: ReportedAction): string =>
  relation === null ? `${kind}/${name}` : `${kind}/${name} ${relation}/${member}`;

function detailsOf({ verb, changes, resourceId, liveName }: ReportedAction): readonly string[] {
  if (verb === 'delete') return [liveText(resourceId, liveName)];
  if (verb === 'update') return changes.map(changeText);
  if (verb !== 'create' || changes.length === 0) return [];
  const fields = changes.map(({ path, desired }) => `${path}: ${value(desired)}`).join(', ');
  return [clip(fields, 120)];
}

/** What a deletion strikes: the live resource, whatever the declared name is. */
const liveText = (id: string | null, liveName: string | undefined): string =>
  `id ${id ?? 'unknown'}${liveName === undefined ? '' : `, live name ${liveName}`}`;

/** One difference in a line: `diskSize: 50 → 100`. */
export const changeText = ({ path, desired, observed }: FieldChange): string =>
  `${path}: ${observed === null ? '' : `${value(observed)} → `}${value(desired)}`;

function value(of: unknown): string {
  const text = typeof of === 'string' ? of : JSON.stringify(of);
  return clip(text, 60);
}

const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

/** Statuses of which nothing is told but how many there are; what is missing has its own action. */
const counted: ReadonlySet<Status> = new Set(['inSync', 'missing', 'unmanaged']);

/** Statuses that nobody has to look at. */
const calm: ReadonlySet<Status> = new Set(['inSync', 'unmanaged', 'orphaned']);

/** How many resources somebody may have to look at. */
export const openIn = (of: Report['summary']): number =>
  statuses.reduce((sum, status) => sum + (calm.has(status) ? 0 : of[status]), 0);

/** How many actions of each verb did happen. */
function doneBy(actions: readonly ReportedAction[]): Report['summary']['actions'] {
  const done = { create: 0, update: 0, assign: 0, unassign: 0, start: 0, stop: 0, delete: 0 };
  for (const { verb, outcome } of actions)
    if (outcome === 'done' || outcome === 'pending') done[verb] += 1;
  return done;
}

/** What the actions do not tell: resources that are not in sync and of which nothing is listed above. */
function findings({ resources, actions }: Report): readonly ReportedResource[] {
  const listed = Map.groupBy(actions, ({ kind, name }) => `${kind}/${name}`);
  return resources.filter(({ kind, name, status, reason }) => {
    const own = listed.get(`${kind}/${name}`);
    const isSaid = own?.some(({ error }) => error === reason);
    return !counted.has(status) && (!own || (status === 'blocked' && reason !== null && !isSaid));
  });
}

/** Of resources of a kind that have the same to say, so many are named; of the others it is said how many there are. */
const named = 5;

/** A row for each finding; what holds back hundreds is told once, and not hundreds of times. */
const findingRows = (found: readonly ReportedResource[]): readonly Row[] =>
  [...Map.groupBy(found, likenessOf).values()].flatMap((group) => [
    ...group.slice(0, named).map(findingRow),
    ...moreRow(group.slice(named)),
  ]);

/** The same for resources of which the same is to be said; where it says which fields differ, for none. */
const likenessOf = ({ kind, name, status, reason, changes }: ReportedResource): string =>
  JSON.stringify(reason === null || changes.length > 0 ? [kind, name] : [kind, status, reason]);

function moreRow(group: readonly ReportedResource[]): readonly Row[] {
  const [one] = group;
  if (!one) return [];
  const subject = `and ${group.length.toLocaleString('en')} more of ${one.kind}`;
  return [{ ...findingRow(one), subject, details: ['for the same reason'] }];
}

function findingRow({ kind, name, status, reason, changes, source }: ReportedResource): Row {
  const place = status === 'blocked' && source ? placeOf(source) : undefined;
  return {
    sign: '!',
    word: status,
    style: status === 'pending' || status === 'orphaned' ? 'yellow' : 'red',
    subject: `${kind}/${name}`,
    details: [...(reason === null ? [] : [at(reason, place)]), ...changes.map(changeText)],
  };
}

function summary(report: Report): Pick<Told, 'headline' | 'quiet' | 'counts'> {
  const { actions, complete } = report;
  const { actions: planned, ...byStatus } = report.summary;
  const undone = actions.some(({ outcome }) => outcome === 'planned');
  const acts = counts(
    undone ? planned : doneBy(actions),
    (verb, count) => `${count} ${undone ? `to ${verb}` : past[verb]}`,
  );
  const failed = actions.filter(({ outcome }) => outcome === 'failed').length;
  const parts = [
    ...acts,
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'action' : 'actions'} failed`] : []),
  ];
  const states = counts(byStatus, (status, count) => `${count} ${words(status)}`);
  const quiet = complete && parts.length === 0 && openIn(report.summary) === 0;
  return {
    headline: quiet ? 'All in sync, nothing to do' : parts.join(', ') || whyNotQuiet(report),
    quiet,
    counts: states.join(', ') || 'no resources',
  };
}

/** What is to be said where nothing is or was to be done, and yet not all is well. */
const whyNotQuiet = ({ summary: of, complete }: Report): string =>
  complete || openIn(of) > 0 ? 'Not in sync' : 'Not everything could be listed';

const past: Readonly<Record<ReportedAction['verb'], string>> = {
  create: 'created',
  update: 'updated',
  assign: 'assigned',
  unassign: 'unassigned',
  start: 'started',
  stop: 'stopped',
  delete: 'deleted',
};

const counts = <Word extends string>(
  of: Readonly<Record<Word, number>>,
  text: (word: Word, count: number) => string,
): readonly string[] =>
  (Object.entries(of) as [Word, number][]).flatMap(([word, count]) =>
    count > 0 ? [text(word, count)] : [],
  );

const words = (status: string): string => (status === 'inSync' ? 'in sync' : status);

function figures({ estimate, cost, api, actions }: Report): string {
  const { managed, unmanaged, change } = cost.hourly;
  const total = managed + unmanaged;
  return [
    actions.some(({ outcome }) => outcome === 'planned')
      ? `${estimate.requests} API calls, about ${estimate.seconds} s at the current rate`
      : `${api.requests} API requests`,
    ...(total > 0 || change !== 0 ? [`${money(total)} USD/h now, ${signed(change)} USD/h`] : []),
    ...(cost.unpriced.length > 0
      ? [`no price known for ${cost.unpriced.join(', ')} (settings.prices)`]
      : []),
  ].join(' · ');
}

const money = (amount: number): string => amount.toFixed(2);
const signed = (amount: number): string => (amount < 0 ? '' : '+') + money(amount);
