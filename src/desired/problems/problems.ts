import type { Problem, Source } from '../../model/resource.ts';
import { nearest, workOf } from './nearest.ts';

/** The rules that a config can break, by the id that problems carry. The texts are the rule descriptions in SARIF. */
export const rules = {
  unreadable: 'A file or directory that cannot be read.',
  'no-files': 'A config directory without YAML.',
  'outside-directory': 'A file outside the config directory.',
  syntax: 'Text that is not YAML.',
  'too-deep': 'Values nested too deeply.',
  'too-large': 'More YAML than Holdfast reads.',
  'alias-bomb': 'Aliases that expand to too many values.',
  'unquoted-key': 'A key that is not a string.',
  'unsafe-integer': 'A number too large to be exact.',
  duplicate: 'A repeated key, name, or item.',
  misplaced: 'A key that belongs in another file.',
  'unknown-kind': 'A kind that does not exist.',
  'unknown-field': 'A field that does not exist.',
  'missing-field': 'A required field that is not set.',
  'wrong-value': 'A value that the field does not take.',
  'wrong-name': 'A name that no resource can have.',
  'too-many-names': 'Braces that expand to too many names.',
  'dangling-reference': 'A reference to something that is not declared.',
  'reference-cycle': 'Resources that depend on each other.',
  'other-region': 'Resources that must be in one region and are not.',
  'assigned-twice': 'A resource in two sets that cannot share a member.',
  'plain-secret': 'A secret as plain text.',
  'unreadable-secret': 'A secret that cannot be read.',
  'unknown-provider': 'A provider of secrets that the settings do not define.',
  'own-credential': 'A variable or file of Holdfast’s own that a config must not read.',
  'not-allowed': 'Something that the settings of the operator do not allow.',
  conflict: 'Two declarations that contradict each other.',
  'works-against': 'Fields that contradict each other.',
  'crlf-script': 'A script whose interpreter Linux cannot find.',
  'near-names': 'Names that are easily confused.',
  'internal-error': 'A bug in Holdfast.',
} as const satisfies Readonly<Record<string, string>>;

export type Rule = keyof typeof rules;

/**
 * Collects problems. Of several with the same rule, position, and `subject`, only the first is kept. All messages pass
 * through here, so control and other invisible characters are escaped here.
 */
export interface Problems {
  /** Adds a problem. Ignored if one with the same rule, position, and `subject` exists. */
  add(at: Source, rule: Rule, message: string, subject?: string): void;
  /** Finds the word that was probably meant. The total work of all calls is limited. */
  nearest(word: string, candidates: Iterable<string>): string | undefined;
  /** `; did you mean X?`, or an empty text. */
  hint(word: string, candidates: Iterable<string>): string;
  /** Sorted by file, line, and column. */
  list(): readonly Problem[];
}

/** A number too large to be exact is not reported again as a wrong value. */
const equivalentRules: ReadonlyMap<string, Rule> = new Map([['unsafe-integer', 'wrong-value']]);

/** The total work for comparing words, in table cells. After that there are no more hints. */
const maxWork = 20_000_000;

/** Creates a collection that begins with `known`. */
export function collectProblems(initial: readonly Problem[] = []): Problems {
  const byKey = new Map<string, Problem>();
  const nearestOf = boundedNearest();
  const keep = (problem: Problem, subject = ''): void => {
    const { file, line, column, rule } = problem;
    const key = [file, line, column, equivalentRules.get(rule) ?? rule, subject].join('\0');
    if (!byKey.has(key)) byKey.set(key, problem);
  };
  for (const problem of initial) keep(problem);
  return {
    add: ({ file, line, column }, rule, message, subject) =>
      keep({ file, line, column, rule, message: visible(message) }, subject),
    nearest: nearestOf,
    hint: (word, candidates) => {
      const meant = nearestOf(word, candidates);
      return meant === undefined ? '' : `; did you mean ${quoteIfOdd(meant)}?`;
    },
    list: () => [...byKey.values()].toSorted(byPlaceAndWords),
  };
}

/** `nearest` with a limit on its total work. */
function boundedNearest(left = maxWork): typeof nearest {
  return (word, candidates) => {
    if (left <= 0) return undefined;
    const words = [...candidates];
    left -= words.length * workOf(word);
    return nearest(word, words);
  };
}

const byPlaceAndWords = (a: Problem, b: Problem): number =>
  byPosition(a, b) || byCodeUnits(a.rule, b.rule) || byCodeUnits(a.message, b.message);

/** Orders positions by file, line, and column. */
export const byPosition = (a: Source, b: Source): number =>
  byCodeUnits(a.file, b.file) || a.line - b.line || a.column - b.column;

/** Orders texts by code units: the same on every machine. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Quotes a user's text for a message: control characters escaped, shortened to 128 characters. */
export const quote = (text: string): string => `"${escaped(text)}"`;

/** Like `quote`, without the quotes. */
export const escaped = (text: string): string =>
  visible(text.length > 128 ? `${text.slice(0, 127)}…` : text);

/** Escapes invisible characters. */
const visible = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

const quoteIfOdd = (text: string): string => (/^[\w.@-]+$/.test(text) ? text : quote(text));

/** Joins words as `a, b or c`; shortened if there are more than 12. */
export function joinWithOr(words: readonly string[]): string {
  const shownWords = words.length > 12 ? [...words.slice(0, 11), '…'] : words;
  const last = shownWords.at(-1) ?? '';
  return shownWords.length < 2 ? last : `${shownWords.slice(0, -1).join(', ')} or ${last}`;
}

/** The message for an unexpected error. */
export const bugMessage = (error: unknown): string =>
  `this is a bug in Holdfast: ${escaped(String(error))}`;
