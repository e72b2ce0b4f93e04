import type { Source } from '../model/resource.ts';
import { expand, maxNames } from './expand.ts';
import { quote, type Problems } from './problems.ts';

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

/** Whether a text can be the name of a resource. */
const isName = (text: string): boolean => /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u.test(text);
