import { quote, type Problems } from '../problems/problems.ts';
import { textOf, type Node } from '../yaml/tree.ts';

/** Reports names of `server.tokens` that an earlier token has: the audit could not tell them apart. */
export function checkTokens(tokens: readonly Node[], problems: Problems): void {
  const names = new Set<string>();
  for (const token of tokens) {
    const node = token.type === 'map' ? token.entries.get('name')?.value : undefined;
    const name = textOf(node);
    if (node === undefined || name === undefined) continue;
    if (names.has(name))
      problems.add(
        node.at,
        'wrong-value',
        `server.tokens of settings has two tokens named ${quote(name)}; give each its own name`,
      );
    names.add(name);
  }
}
