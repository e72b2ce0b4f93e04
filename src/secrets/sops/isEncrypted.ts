import { runInNewContext } from 'node:vm';
import type { EncryptionRule } from './metadata.ts';
import { isBranch, type Tree } from './tree.ts';

/**
 * Returns whether a value at a path is encrypted, by the rule of its file. Undefined if the rule cannot be evaluated
 * here: it looks at comments, or its regular expression is not one of JavaScript too.
 */
export function encryptionTest(
  rule: EncryptionRule,
  trees: readonly Tree[],
): ((path: readonly string[]) => boolean) | undefined {
  switch (rule.by) {
    case 'unencrypted-suffix':
      return (path) => !path.some((key) => key.endsWith(rule.suffix));
    case 'encrypted-suffix':
      return (path) => path.some((key) => key.endsWith(rule.suffix));
    case 'unencrypted-regex':
    case 'encrypted-regex': {
      const matching = matches(rule.regex, [...new Set(trees.flatMap(keysIn))]);
      const wanted = rule.by === 'encrypted-regex';
      return matching && ((path) => path.some((key) => matching.has(key)) === wanted);
    }
    case 'comment':
      return undefined;
  }
}

function keysIn(tree: Tree): readonly string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return isBranch(tree)
    ? tree.entries.flatMap(([key, value]) => [key, ...keysIn(value)])
    : tree.flatMap(keysIn);
}

/** Far longer than an expression needs that is not made to be slow. */
const matchMs = 1000;

/**
 * The keys that match. No MAC covers the expression, so whoever can write the file could choose one that takes for
 * ever: V8 ends its evaluation. With the flag `u`, most of what Go understands differently is a syntax error.
 */
function matches(regex: string, keys: readonly string[]): ReadonlySet<string> | undefined {
  const [, ignoreCase = '', source = ''] = /^(\(\?i\))?(.*)$/s.exec(regex) ?? [];
  const flags = ignoreCase === '' ? 'u' : 'iu';
  try {
    const isMatch = runInNewContext(
      'const regex = new RegExp(source, flags); JSON.stringify(keys.map((key) => regex.test(key)))',
      { source, flags, keys },
      { timeout: matchMs },
    ) as string;
    const results = JSON.parse(isMatch) as readonly boolean[];
    return new Set(keys.filter((_, index) => results[index]));
  } catch {
    return undefined;
  }
}
