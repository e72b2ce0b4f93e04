import type { Problem, Source } from '../../model/resource.ts';
import { nearest, workOf } from './nearest.ts';

/** The rules that a config can break, by the slug that problems carry. */
export const rules = {
  unreadable: 'A file or directory that cannot be read.',
  'no-files': 'A config directory without YAML.',
  'outside-directory': 'A file outside the config directory.',
  syntax: 'Text that is not YAML.',
  'too-deep': 'Nesting without end.',
  'too-large': 'More YAML than is read.',
  'alias-bomb': 'Aliases that unfold without end.',
  'unquoted-key': 'A key that is not a text.',
  'unsafe-integer': 'A number too large to be exact.',
  duplicate: 'Something that is said twice.',
  misplaced: 'A key that belongs in another file.',
  'unknown-kind': 'A kind that does not exist.',
  'unknown-field': 'A field that does not exist.',
  'missing-field': 'A required field that is not set.',
  'wrong-value': 'A value that the field does not take.',
  'wrong-name': 'A name that no resource can have.',
  'too-many-names': 'Braces that stand for too many names.',
  'dangling-reference': 'A reference to something that is not declared.',
  'reference-cycle': 'Resources that need each other.',
  'other-region': 'Resources that must be in one region and are not.',
  'assigned-twice': 'A resource that stands in two sets of which it may stand in one.',
  'plain-secret': 'A secret as plain text.',
  'unreadable-secret': 'A secret that cannot be read.',
  'own-credential': 'A variable or file of Holdfast’s own that a config must not read.',
  conflict: 'Two statements that cannot both be followed.',
  'works-against': 'Fields that undo what each other does.',
  'crlf-script': 'A script whose interpreter Linux does not find.',
  'near-names': 'Names that are easily taken for one another.',
  unsupported: 'A setting that this version cannot honour.',
  'internal-error': 'A fault of Holdfast itself.',
} as const satisfies Readonly<Record<string, string>>;

export type Rule = keyof typeof rules;

/**
 * Collects problems. Of several with one rule at one place, and about one `subject`, the first is kept. Messages pass here, and
 * nowhere else, so it is here that what cannot be seen in them is escaped.
 */
export interface Problems {
  add(at: Source, rule: Rule, message: string, subject?: string): void;
  /** The word that was probably meant. Costs at most a fixed amount of work, however often it is asked. */
  nearest(word: string, candidates: Iterable<string>): string | undefined;
  /** `; did you mean X?`, or nothing. */
  hint(word: string, candidates: Iterable<string>): string;
  /** By file, line and column. */
  list(): readonly Problem[];
}

/** A number that cannot be used at all is not told again for being none that its field takes. */
const sameAs: ReadonlyMap<string, Rule> = new Map([['unsafe-integer', 'wrong-value']]);

/** How much work is done to compare words before no more hints are given. */
const maxWork = 20_000_000;

/** A collection of these and of those that are still to come. */
export function collectProblems(known: readonly Problem[] = []): Problems {
  const found = new Map<string, Problem>();
  const nearestOf = boundedNearest();
  const keep = (problem: Problem, subject = ''): void => {
    const { file, line, column, rule } = problem;
    const key = [file, line, column, sameAs.get(rule) ?? rule, subject].join('\0');
    if (!found.has(key)) found.set(key, problem);
  };
  for (const problem of known) keep(problem);
  return {
    add: ({ file, line, column }, rule, message, subject) =>
      keep({ file, line, column, rule, message: visible(message) }, subject),
    nearest: nearestOf,
    hint: (word, candidates) => {
      const meant = nearestOf(word, candidates);
      return meant === undefined ? '' : `; did you mean ${quoteIfOdd(meant)}?`;
    },
    list: () => [...found.values()].toSorted(byPlaceAndWords),
  };
}

/** `nearest`, until that much work has been done. */
function boundedNearest(left = maxWork): typeof nearest {
  return (word, candidates) => {
    if (left <= 0) return undefined;
    const words = [...candidates];
    left -= words.length * workOf(word);
    return nearest(word, words);
  };
}

const byPlaceAndWords = (a: Problem, b: Problem): number =>
  byPlace(a, b) || compare(a.rule, b.rule) || compare(a.message, b.message);

/** The order of places: by file, line and column. */
export const byPlace = (a: Source, b: Source): number =>
  compare(a.file, b.file) || a.line - b.line || a.column - b.column;

/** The order of code units: the same on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A text of the user's for a message: quoted, without control characters, not too long. */
export const quote = (text: string): string => `"${shown(text)}"`;

/** Likewise without quotes. */
export const shown = (text: string): string =>
  visible(text.length > 128 ? `${text.slice(0, 127)}…` : text);

/** The text with what cannot be seen written as an escape. */
const visible = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

const quoteIfOdd = (text: string): string => (/^[\w.@-]+$/.test(text) ? text : quote(text));

/** `a, b or c`, shortened where there are many. */
export function either(words: readonly string[]): string {
  const some = words.length > 12 ? [...words.slice(0, 11), '…'] : words;
  const last = some.at(-1) ?? '';
  return some.length < 2 ? last : `${some.slice(0, -1).join(', ')} or ${last}`;
}

/** What is said of an error that nobody foresaw. */
export const bugWords = (error: unknown): string =>
  `this is a bug in Holdfast: ${shown(String(error))}`;

/** Where something stands, for a message. */
export const placeOf = ({ file, line, column }: Source): string => `${file}:${line}:${column}`;
