import { stringify } from 'yaml';
import type { Explanation } from '../model/pass/explanation.ts';
import type { Status } from '../model/pass/plan.ts';
import { defaultLifecycle, type Source, type Spec } from '../model/resource.ts';
import { visible } from '../model/text/visible.ts';
import { plain, type Paint } from './text.ts';
import { changeText, type Style } from './reportView.ts';

/** An explanation for a person: a heading for each thing that is known, and nothing of what is not. */
export function explanationText(of: Explanation, paint: Paint = plain): string {
  const sections = [
    section('Declared', declared(of)),
    section('Live', live(of)),
    section('Differs', of.changes.map(changeText)),
    section('Never shown by the API', of.unverifiable),
    section('What a pass would do', actions(of)),
    section('Failed before', setbacks(of)),
    section(
      'Refers to',
      of.refersTo.map(({ path, to }) => `${path}: ${to}`),
    ),
    section(
      'Is referred to by',
      of.referredToBy.map(({ path, from }) => `${from}, ${path}`),
    ),
    section(
      'Read last',
      Object.entries(of.readings).map(([list, at]) => `${list}: ${at ?? 'not yet'}`),
    ),
    ...Object.entries(of.companions).map(([name, value]) => section(capital(name), lines(value))),
    section(
      'Could not be read',
      Object.entries(of.unread).map(([name, why]) => `${name}: ${why}`),
    ),
    section('Done to it', history(of)),
  ];
  return [
    ...head(of, paint),
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

function head({ kind, name, status, since, reason, suspended }: Explanation, paint: Paint) {
  const word = status === 'inSync' ? 'in sync' : status;
  return [
    `${paint('bold', visible(`${kind}/${name}`))}  ${paint(styles[status] ?? 'red', word)} since ${since}`,
    ...(reason === null ? [] : [`  ${visible(reason)}`]),
    ...(suspended === null ? [] : [`  suspended since ${suspended}`]),
  ];
}

const place = ({ file, line, column }: Source): string => `${file}:${line}:${column}`;

function declared({ declared: of, absent }: Explanation): readonly string[] {
  return [
    ...(absent === null ? [] : [`absent, ${place(absent)}`]),
    ...(of === null ? [] : [place(of.source), ...lines(of.spec), ...lifecycle(of.lifecycle)]),
  ];
}

/** Only what is not as it is by default. */
function lifecycle(of: NonNullable<Explanation['declared']>['lifecycle']): readonly string[] {
  const set = Object.entries(of).filter(
    ([key, value]) =>
      JSON.stringify(value) !== JSON.stringify((defaultLifecycle as unknown as Spec)[key]),
  );
  return set.length === 0 ? [] : lines({ lifecycle: Object.fromEntries(set) });
}

function live({ live: of, name }: Explanation): readonly string[] {
  if (of === null) return [];
  const said = { activity: of.activity, failure: of.failure, fixed: of.fixed };
  return [
    ...lines({
      id: of.id,
      ...(of.name === name ? {} : { name: of.name }),
      ...of.spec,
      ...of.members,
    }),
    ...lines(
      Object.fromEntries(Object.entries({ ...said, ...of.facts }).filter(([, one]) => one != null)),
    ),
  ];
}

const actions = ({ actions: of }: Explanation): readonly string[] =>
  of.flatMap(({ id, changes, outcome, error, requires }) => [
    `${id}${outcome === 'blocked' ? ` withheld: ${error ?? ''}` : ''}`,
    ...changes.map((change) => `  ${changeText(change)}`),
    ...requires.map((other) => `  after ${other}`),
  ]);

const setbacks = ({ setbacks: of }: Explanation): readonly string[] =>
  of.map(({ action, failures, at, retryAt, error }) => {
    const next = retryAt === null ? 'not before something changes' : `again from ${retryAt}`;
    return `${action}, ${failures} times, last ${at}, ${next}: ${error}`;
  });

const history = ({ history: of }: Explanation): readonly string[] =>
  of.flatMap(({ at, action, outcome, took, pass, error, changes }) => [
    `${at}  ${action} ${outcome} in ${(took / 1000).toFixed(1)} s (pass ${pass})${error === null ? '' : `: ${error}`}`,
    ...changes.map((change) => `  ${changeText(change)}`),
  ]);

/** A value as YAML, which also writes control characters out. */
const lines = (value: unknown): readonly string[] =>
  isEmpty(value) ? [] : stringify(value, { lineWidth: 0 }).trimEnd().split('\n');

const isEmpty = (value: unknown): boolean =>
  value == null || (typeof value === 'object' && Object.keys(value).length === 0);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
