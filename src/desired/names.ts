import type { Source } from '../model/resource.ts';
import { expand, maxNames } from './expand.ts';
import { quote, type Problems } from './problems.ts';

/** The names that a text stands for; none when it, or one of them, can be no name, which is then a problem. */
export type NamesOf = (text: string, at: Source) => readonly string[];

/** How many names the braces of a config may stand for together. */
const maxTotal = 100_000;

/** Expands braces within the bounds of one config. */
export function namesWithin(problems: Problems): NamesOf {
  let left = maxTotal;
  return (text, at) => {
    const expansion = expand(text, Math.min(maxNames, left));
    if (!expansion.ok) {
      const bounds =
        expansion.rule === 'too-many-names'
          ? `; ${maxNames} are the most, and ${maxTotal} in a config`
          : '';
      problems.add(at, expansion.rule, `${quote(text)} ${expansion.message}${bounds}`);
      return [];
    }
    if (expansion.names.length > 1) left -= expansion.names.length;
    const wrong = expansion.names.find((name) => !isName(name));
    if (wrong === undefined) return expansion.names;
    problems.add(at, 'wrong-name', `${quote(wrong)} is no name: ${nameForm}`);
    return [];
  };
}

/** Whether a text can be the name of a resource. */
export const isName = (text: string): boolean => /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u.test(text);

export const nameForm = 'it takes 1 to 128 printable characters';
