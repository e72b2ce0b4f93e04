import { timetableProblem, type Timetable } from '../../model/time/timetable.ts';
import { quote } from '../problems/problems.ts';
import { unresolved, type Scope, type Where } from './scope.ts';
import { textOf, type Mapping, type Node } from '../yaml/tree.ts';
import { valueText } from '../yaml/valueText.ts';

const states = ['running', 'off'];
const expected =
  'write running, off, or { running: "Mon-Fri 08:00-19:00", timezone: Europe/Berlin }';

/** Longer texts are no timetables, and costly to look into. */
const longest = 500;

/** `running`, `off` or a timetable; anything else is a problem. */
export function resolveTimetable(
  node: Node,
  where: Where,
  scope: Scope,
): string | Timetable | typeof unresolved {
  if (node.type === 'map') return windows(node, where, scope);
  const text = textOf(node);
  if (text !== undefined && states.includes(text)) return text;
  const hint = text === undefined ? '' : scope.problems.hint(text, states);
  const message = `${where.path} of ${where.owner} is ${valueText(node)}${hint || `; ${expected}`}`;
  scope.problems.add(node.at, 'wrong-value', message);
  return unresolved;
}

function windows(node: Mapping, where: Where, { problems }: Scope): Timetable | typeof unresolved {
  const what = `${where.path} of ${where.owner}`;
  const unknown = [...node.entries.values()].filter(({ key }) => !fields.includes(key));
  const meant = unknown.map(({ key }) => problems.nearest(key, fields));
  for (const [i, { key, at }] of unknown.entries()) {
    const hint = meant[i] === undefined ? '' : `; did you mean ${meant[i]}?`;
    problems.add(at, 'unknown-field', `unknown field ${quote(key)} in ${what}${hint}`);
  }
  if (!node.entries.has('running') && !meant.includes('running'))
    problems.add(where.key, 'missing-field', `missing field "running" in ${what}`);
  const textIn = (field: string, of: (text: string) => Timetable): string | undefined => {
    const value = node.entries.get(field)?.value;
    const wrong = value && problemOf(value, of);
    if (value && wrong) problems.add(value.at, 'wrong-value', `${field} in ${what}: ${wrong}`);
    return textOf(value);
  };
  const running = textIn('running', (text) => ({ running: text }));
  const timezone = textIn('timezone', (text) => ({ running: '00:00-24:00', timezone: text }));
  if (running === undefined) return unresolved;
  return timezone === undefined ? { running } : { running, timezone };
}

const fields = ['running', 'timezone'];

/** What is wrong with one field of a timetable, the other one being right. */
function problemOf(node: Node, of: (text: string) => Timetable): string | undefined {
  const text = textOf(node);
  if (text === undefined) return `it takes a text, not ${valueText(node)}`;
  return text.length > longest
    ? `${valueText(node)} has more than ${longest} characters`
    : timetableProblem(of(text));
}
