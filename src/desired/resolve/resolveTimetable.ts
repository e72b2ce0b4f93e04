import { timetableProblem, type Timetable } from '../../model/time/timetable.ts';
import { quote } from '../problems/problems.ts';
import { unresolvedValue, type Scope, type Where } from './scope.ts';
import { textOf, type Mapping, type Node } from '../yaml/tree.ts';
import { valueText } from '../yaml/valueText.ts';

const states = ['running', 'off'];
const expected =
  'write running, off, or { running: "Mon-Fri 08:00-19:00", timezone: Europe/Berlin }';

/** Longer texts are not timetables, and expensive to parse. */
const longest = 500;

/** Resolves `running`, `off`, or a timetable. Anything else is a problem. */
export function resolveTimetable(
  node: Node,
  where: Where,
  scope: Scope,
): string | Timetable | typeof unresolvedValue {
  if (node.type === 'map') return resolveWindows(node, where, scope);
  const text = textOf(node);
  if (text !== undefined && states.includes(text)) return text;
  const hint = text === undefined ? '' : scope.problems.hint(text, states);
  const message = `${where.path} of ${where.owner} is ${valueText(node)}${hint || `; ${expected}`}`;
  scope.problems.add(node.at, 'wrong-value', message);
  return unresolvedValue;
}

function resolveWindows(
  node: Mapping,
  where: Where,
  { problems }: Scope,
): Timetable | typeof unresolvedValue {
  const owner = `${where.path} of ${where.owner}`;
  const unknown = [...node.entries.values()].filter(({ key }) => !fields.includes(key));
  const meantFields = unknown.map(({ key }) => problems.nearest(key, fields));
  for (const [i, { key, at }] of unknown.entries()) {
    const hint = meantFields[i] === undefined ? '' : `; did you mean ${meantFields[i]}?`;
    problems.add(at, 'unknown-field', `unknown field ${quote(key)} in ${owner}${hint}`);
  }
  if (!node.entries.has('running') && !meantFields.includes('running'))
    problems.add(where.key.at, 'missing-field', `missing field "running" in ${owner}`);
  const textIn = (
    field: string,
    timetableWith: (text: string) => Timetable,
  ): string | undefined => {
    const value = node.entries.get(field)?.value;
    const problem = value && problemOf(value, timetableWith);
    if (value && problem) problems.add(value.at, 'wrong-value', `${field} in ${owner}: ${problem}`);
    return textOf(value);
  };
  const running = textIn('running', (text) => ({ running: text }));
  const timezone = textIn('timezone', (text) => ({ running: '00:00-24:00', timezone: text }));
  const except = exceptionsIn(node, owner, problems);
  if (running === undefined) return unresolvedValue;
  return {
    running,
    ...(timezone === undefined ? {} : { timezone }),
    ...(except === undefined ? {} : { except }),
  };
}

const fields = ['running', 'timezone', 'except'];

/** The most ranges of excepted days; evaluating a timetable takes longer with each. */
const mostExceptions = 200;

/** The valid days and ranges of `except`; undefined if it is not declared. Each other one is a problem at its place. */
function exceptionsIn(
  node: Mapping,
  owner: string,
  problems: Scope['problems'],
): readonly string[] | undefined {
  const list = node.entries.get('except')?.value;
  if (!list) return undefined;
  const wrong = (at: Node['at'], problem: string): void =>
    problems.add(at, 'wrong-value', `except in ${owner}: ${problem}`);
  if (list.type !== 'list' || list.items.length > mostExceptions) {
    const expectedList = `it takes a list of up to ${mostExceptions} days and ranges such as 2026-12-24/2027-01-02`;
    wrong(list.at, list.type === 'list' ? expectedList : `${expectedList}, not ${valueText(list)}`);
    return undefined;
  }
  return list.items.flatMap((item) => {
    const problem = problemOf(item, (text) => ({ running: '00:00-24:00', except: [text] }));
    if (problem !== undefined) wrong(item.at, problem);
    return problem === undefined ? (textOf(item) ?? []) : [];
  });
}

/**
 * What is wrong with one field of a timetable, assuming that the other is valid. `of` makes a timetable of the text.
 */
function problemOf(node: Node, timetableWith: (text: string) => Timetable): string | undefined {
  const text = textOf(node);
  if (text === undefined) return `it takes a string, not ${valueText(node)}`;
  return text.length > longest
    ? `${valueText(node)} has more than ${longest} characters`
    : timetableProblem(timetableWith(text));
}
