import type { Verb } from '../../model/pass/plan.ts';
import type { ReportedAction } from '../../model/pass/report.ts';
import { changeText, fieldText } from './changeText.ts';

/** A line in parts, which are joined by commas. It may be broken between two parts. */
export type Line = readonly string[];

/** What happens to a resource, in one word: its only verb, or the verb that matters most. */
export type Word = Verb | 'replace';

/** The word for the actions of one resource. */
export function wordOf(actions: readonly ReportedAction[]): Word {
  const verbs = new Set(actions.map(({ verb }) => verb));
  if (verbs.has('create')) return verbs.has('delete') ? 'replace' : 'create';
  if (verbs.has('delete')) return 'delete';
  const [only = 'update'] = verbs;
  return verbs.size === 1 ? only : 'update';
}

/** The fields of a create that are shown. */
const maxFields = 12;

/**
 * The steps of one resource in their order, as one line, and a line for the members of each relation. A step shows its
 * outcome if the outcomes differ. `word`: the word of the resource, which no step repeats.
 */
export function stepLines(actions: readonly ReportedAction[], word: Word): readonly Line[] {
  const marked = new Set(actions.map(({ outcome }) => outcome)).size > 1;
  const own = actions.filter(({ relation }) => relation === null);
  const relations = Map.groupBy(
    actions.filter(({ relation }) => relation !== null),
    ({ verb, relation }) => `${verb === word ? '' : `${verb} `}${relation}`,
  );
  return [
    own.flatMap((action) => stepParts(action, { word, marked, single: actions.length === 1 })),
    ...[...relations].map(([title, members]) => memberLine(title, members, marked)),
  ].filter((line) => line.length > 0);
}

interface StepStyle {
  readonly word: Word;
  /** Whether the outcome of each step is shown. */
  readonly marked: boolean;
  /** Whether it is the only action of its resource. */
  readonly single: boolean;
}

function stepParts(action: ReportedAction, { word, marked, single }: StepStyle): Line {
  const { verb, changes } = action;
  const mark = markOf(action, marked);
  const isSaid = verb === word && !marked;
  switch (verb) {
    case 'create':
      return [...(isSaid ? [] : [`create${mark}`]), ...fieldParts(changes)];
    case 'delete':
      return [`${isSaid ? '' : 'delete '}${liveText(action)}${mark}`];
    case 'update':
      return changes.length === 0 && !single
        ? [`update${mark}`]
        : changes.map((change) => changeText(change) + mark);
    case 'assign':
    case 'unassign':
    case 'start':
    case 'stop':
      return isSaid ? [] : [verb + mark];
  }
}

const markOf = ({ outcome }: ReportedAction, marked: boolean): string =>
  marked && outcome !== 'planned' ? ` (${outcome})` : '';

function fieldParts(changes: ReportedAction['changes']): Line {
  const more = changes.length - maxFields;
  return [...changes.slice(0, maxFields).map(fieldText), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** The live resource that a deletion deletes, which may have another name than the declared one. */
const liveText = ({ resourceId, liveName }: ReportedAction): string =>
  `id ${resourceId ?? 'unknown'}${liveName === undefined ? '' : `, live name ${liveName}`}`;

/** The members of a relation on which the same verb acts: their names, or the changes of their values. */
function memberLine(title: string, actions: readonly ReportedAction[], marked: boolean): Line {
  const parts = actions.flatMap((action) => memberParts(action, markOf(action, marked)));
  const [first = '', ...rest] = parts;
  return [`${title}: ${first}`, ...rest];
}

const memberParts = ({ verb, member, changes }: ReportedAction, mark: string): Line =>
  verb === 'update' && changes.length > 0
    ? changes.map((change) => changeText(change) + mark)
    : [`${member ?? ''}${mark}`];
