import { countOf } from '../model/text/countOf.ts';
import { positionText } from '../model/resource.ts';
import { stringify } from 'yaml';
import type { Explanation } from '../model/pass/explanation.ts';
import { expiryText } from '../model/pass/expiry.ts';
import { wakeText } from '../model/pass/wake.ts';
import type { Status } from '../model/pass/plan.ts';
import { defaultLifecycle, type Spec } from '../model/resource.ts';
import { visible } from '../model/text/visible.ts';
import { plain, type Paint } from './text.ts';
import { changeText } from './rows/changeText.ts';
import type { Style } from './rows/reportRows.ts';

/** Renders an explanation as text, with a heading for each part that is not empty. */
export function explanationText(explanation: Explanation, paint: Paint = plain): string {
  const sections = [
    section('Declared', declaredLines(explanation)),
    section('Live', liveLines(explanation)),
    section('Differs', explanation.changes.map(changeText)),
    section('Never shown by the API', explanation.unverifiable),
    section('What a pass would do', actionLines(explanation)),
    section('Failed before', failureLines(explanation)),
    section(
      'Refers to',
      explanation.refersTo.map(({ path, to }) => `${path}: ${to}`),
    ),
    section(
      'Is referred to by',
      explanation.referredToBy.map(({ path, from }) => `${from}, ${path}`),
    ),
    section(
      'Read last',
      Object.entries(explanation.readings).map(([list, at]) => `${list}: ${at ?? 'not yet'}`),
    ),
    ...Object.entries(explanation.companions).map(([name, value]) =>
      section(capitalized(name), yamlLines(value)),
    ),
    section(
      'Could not be read',
      Object.entries(explanation.unread).map(([name, why]) => `${name}: ${why}`),
    ),
    section('Done to it', historyLines(explanation)),
  ];
  return [
    ...heading(explanation, paint),
    ...sections.flatMap(({ title, rows }) =>
      rows.length === 0 ? [] : ['', paint('bold', title), ...rows.map((row) => `  ${row}`)],
    ),
    '',
  ].join('\n');
}

const section = (title: string, rows: readonly string[]) => ({ title, rows: rows.map(visible) });

const styles: Partial<Readonly<Record<Status, Style>>> = {
  inSync: 'green',
  pending: 'yellow',
  orphaned: 'yellow',
  unmanaged: 'dim',
};

function heading(
  { kind, name, status, since, reason, suspended, wake, expiry }: Explanation,
  paint: Paint,
) {
  const word = status === 'inSync' ? 'in sync' : status;
  return [
    `${paint('bold', visible(`${kind}/${name}`))}  ${paint(styles[status] ?? 'red', word)} since ${since}`,
    ...(reason === null ? [] : [`  ${visible(reason)}`]),
    ...(suspended === null ? [] : [`  suspended since ${suspended}`]),
    ...(wake ? [`  ${visible(wakeText(wake))}`] : []),
    ...(expiry ? [`  ${visible(expiryText(expiry))}`] : []),
  ];
}

function declaredLines({ declared, absent }: Explanation): readonly string[] {
  const absentLines = absent === null ? [] : [`absent, ${positionText(absent)}`];
  if (declared === null) return absentLines;
  const { source, spec, lifecycle, labels } = declared;
  return [
    ...absentLines,
    positionText(source),
    ...yamlLines(spec),
    ...lifecycleLines(lifecycle),
    ...(labels ? yamlLines({ labels }) : []),
  ];
}

/** The lifecycle settings that differ from the defaults. */
function lifecycleLines(
  lifecycle: NonNullable<Explanation['declared']>['lifecycle'],
): readonly string[] {
  const set = Object.entries(lifecycle).filter(
    ([key, value]) =>
      JSON.stringify(value) !== JSON.stringify((defaultLifecycle as unknown as Spec)[key]),
  );
  return set.length === 0 ? [] : yamlLines({ lifecycle: Object.fromEntries(set) });
}

function liveLines({ live, name }: Explanation): readonly string[] {
  if (live === null) return [];
  const { id, name: liveName, spec, members, activity, failure, fixed, facts } = live;
  const attributes = Object.entries({ activity, failure, fixed, ...facts });
  return [
    ...yamlLines({ id, ...(liveName === name ? {} : { name: liveName }), ...spec, ...members }),
    ...yamlLines(Object.fromEntries(attributes.filter(([, value]) => value != null))),
  ];
}

const actionLines = ({ actions }: Explanation): readonly string[] =>
  actions.flatMap(({ id, changes, outcome, error, requires }) => [
    `${id}${outcome === 'blocked' ? ` blocked: ${error ?? ''}` : ''}`,
    ...changes.map((change) => `  ${changeText(change)}`),
    ...requires.map((required) => `  after ${required}`),
  ]);

const failureLines = ({ setbacks }: Explanation): readonly string[] =>
  setbacks.map(({ action, failures, at, retryAt, error }) => {
    const next =
      retryAt === null ? 'not retried until something changes' : `retried from ${retryAt}`;
    return `${action}, ${countOf(failures, 'time')}, last ${at}, ${next}: ${error}`;
  });

const historyLines = ({ history }: Explanation): readonly string[] =>
  history.flatMap(({ at, action, outcome, took, pass, error, changes }) => [
    `${at}  ${action} ${outcome} in ${(took / 1000).toFixed(1)} s (pass ${pass})${error === null ? '' : `: ${error}`}`,
    ...changes.map((change) => `  ${changeText(change)}`),
  ]);

/** The lines of a value as YAML, in which control characters are escaped. */
const yamlLines = (value: unknown): readonly string[] =>
  isEmpty(value) ? [] : stringify(value, { lineWidth: 0 }).trimEnd().split('\n');

const isEmpty = (value: unknown): boolean =>
  value == null || (typeof value === 'object' && Object.keys(value).length === 0);

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
