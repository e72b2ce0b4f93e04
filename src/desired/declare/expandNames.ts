import type { Lookup, ResourceKind } from '../../model/kind.ts';
import type { Source } from '../../model/resource.ts';
import { expand, maxNames } from './namePattern.ts';
import { quote, type Problems } from '../problems/problems.ts';

/** The names that a text stands for; none when it, or one of them, can be no name, which is then a problem. */
export type NamesOf = (text: string, at: Source) => readonly string[];

/** How many names the braces of a config may stand for together. */
const maxTotal = 100_000;

/** Expands braces within the bounds of one config. That these are passed is told once. */
export function namesWithin(problems: Problems): NamesOf {
  let left = maxTotal;
  let told = false;
  return (text, at) => {
    const expansion = expand(text, Math.min(maxNames, left));
    if (!expansion.ok) {
      const together = expansion.rule === 'too-many-names' && expansion.size <= maxNames;
      if (!together || !told) problems.add(at, expansion.rule, wordsFor(text, expansion, together));
      told ||= together;
      return [];
    }
    if (expansion.names.length > 1) left -= expansion.names.length;
    const wrong = expansion.names.find((name) => !isName(name));
    if (wrong === undefined) return expansion.names;
    problems.add(
      at,
      'wrong-name',
      `${quote(wrong)} is no name: it takes 1 to 128 printable characters`,
    );
    return [];
  };
}

function wordsFor(
  text: string,
  { rule, message }: { readonly rule: string; readonly message: string },
  together: boolean,
): string {
  if (together)
    return `with ${quote(text)}, braces stand for more than ${maxTotal} names in this config`;
  const bound = rule === 'too-many-names' ? `; ${maxNames} are the most` : '';
  return `${quote(text)} ${message}${bound}`;
}

/** The names as a kind writes them: all in lower case where that makes no difference. */
export const namesIn = (
  kind: Pick<Lookup, 'caseless'> | undefined,
  names: readonly string[],
): readonly string[] => (kind?.caseless ? names.map((name) => name.toLowerCase()) : names);

/** Whether texts can be names of resources of a kind; the first that cannot is a problem. */
export function areNames(
  names: readonly string[],
  { names: rule, singular, examples: [example] }: ResourceKind,
  at: Source,
  problems: Problems,
): boolean {
  if (!rule) return true;
  const { pattern, title = `what matches ${pattern}`, maxLength = maxNameLength } = rule;
  const form = new RegExp(pattern, 'u');
  const wrong = names.find((name) => !form.test(name) || name.length > maxLength);
  if (wrong === undefined) return true;
  const such = example ? `, such as ${example.name}` : '';
  const message = `${quote(wrong)} is no name of a ${singular}: it takes ${title}, ${maxLength} characters at the most${such}`;
  problems.add(at, 'wrong-name', message);
  return false;
}

const maxNameLength = 128;

/** Whether a text can be the name of a resource. */
const isName = (text: string): boolean => /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u.test(text);

/** Whether a text, as a name in YAML, stands for itself alone: not too long, printable, no braces that mean others. */
export function isOneName(text: string): boolean {
  const expansion = expand(text, 1);
  return expansion.ok && expansion.names[0] === text && isName(text);
}
