import type { Lookup, ResourceKind } from '../../model/kind/kind.ts';
import type { Source } from '../../model/resource.ts';
import { expand, maxNames } from './namePattern.ts';
import { quote, type Problems } from '../problems/problems.ts';

/**
 * Expands the braces of a text to names. Returns none if the text or one of its names is not valid, which is a problem.
 */
export type NamesOf = (text: string, at: Source) => readonly string[];

/** The maximum number of names that all braces of a config may expand to. */
const maxTotal = 100_000;

/** Creates a `NamesOf` with the limits of one config. The problem that the total is exceeded is reported once. */
export function nameExpander(problems: Problems): NamesOf {
  let remaining = maxTotal;
  let isReported = false;
  return (text, at) => {
    const expansion = expand(text, Math.min(maxNames, remaining));
    if (!expansion.ok) {
      const exceedsTotal = expansion.rule === 'too-many-names' && expansion.size <= maxNames;
      if (!exceedsTotal || !isReported)
        problems.add(at, expansion.rule, expansionProblem(text, expansion, exceedsTotal));
      isReported ||= exceedsTotal;
      return [];
    }
    if (expansion.names.length > 1) remaining -= expansion.names.length;
    const invalidName = expansion.names.find((name) => !isName(name));
    if (invalidName === undefined) return expansion.names;
    problems.add(
      at,
      'wrong-name',
      `${quote(invalidName)} is not a valid name: it takes 1 to 128 printable characters`,
    );
    return [];
  };
}

function expansionProblem(
  text: string,
  { rule, message }: { readonly rule: string; readonly message: string },
  exceedsTotal: boolean,
): string {
  if (exceedsTotal)
    return `with ${quote(text)}, braces expand to more than ${maxTotal} names in this config`;
  const bound = rule === 'too-many-names' ? `; the maximum is ${maxNames}` : '';
  return `${quote(text)} ${message}${bound}`;
}

/** Normalizes names as a kind requires: lower case if names are case-insensitive. */
export const normalizeNames = (
  kind: Pick<Lookup, 'caseInsensitiveNames'> | undefined,
  names: readonly string[],
): readonly string[] =>
  kind?.caseInsensitiveNames ? names.map((name) => name.toLowerCase()) : names;

/** Whether all texts are valid names for a kind. Reports the first that is not. */
export function checkNames(
  names: readonly string[],
  { names: rule, singular, examples: [example] }: ResourceKind,
  at: Source,
  problems: Problems,
): boolean {
  if (!rule) return true;
  const { pattern, title = `what matches ${pattern}`, maxLength = maxNameLength } = rule;
  const form = new RegExp(pattern, 'u');
  const invalidName = names.find((name) => !form.test(name) || name.length > maxLength);
  if (invalidName === undefined) return true;
  const suffix = example ? `, such as ${example.name}` : '';
  const message = `${quote(invalidName)} is not a valid name for a ${singular}: it takes ${title}, at most ${maxLength} characters${suffix}`;
  problems.add(at, 'wrong-name', message);
  return false;
}

const maxNameLength = 128;

/** Whether a text can be the name of a resource of any kind. */
const isName = (text: string): boolean => /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u.test(text);

/**
 * Whether a text, written as a name in YAML, means exactly that one name: not too long, printable, no braces that
 * expand.
 */
export function isOneName(text: string): boolean {
  const expansion = expand(text, 1);
  return expansion.ok && expansion.names[0] === text && isName(text);
}
