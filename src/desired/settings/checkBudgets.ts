import { budgetNameOf } from '../../model/money/budget.ts';
import { quote, type Problems } from '../problems/problems.ts';
import { textOf, type Node } from '../yaml/tree.ts';

/** Reports budgets with the name of an earlier one, whether it is written or made from `match`. */
export function checkBudgets(budgets: readonly Node[], problems: Problems): void {
  const names = new Set<string>();
  for (const budget of budgets) {
    const name = textOf(memberOf(budget, 'name')) ?? defaultNameOf(memberOf(budget, 'match'));
    if (names.has(name)) {
      const message = `budgets of settings has two budgets named ${quote(name)}; give each its own name`;
      problems.add(budget.at, 'wrong-value', message);
    }
    names.add(name);
  }
}

/** The name that is made from `match`, without the parts of it that are not valid. */
function defaultNameOf(match: Node | undefined): string {
  const kinds = memberOf(match, 'kinds');
  const labels = memberOf(match, 'labels');
  const labelEntries = labels?.type === 'map' ? [...labels.entries] : [];
  return budgetNameOf({
    kinds: kinds?.type === 'list' ? kinds.items.flatMap((kind) => textOf(kind) ?? []) : null,
    labels: Object.fromEntries(labelEntries.map(([key, { value }]) => [key, textOf(value) ?? ''])),
  });
}

const memberOf = (node: Node | undefined, key: string): Node | undefined =>
  node?.type === 'map' ? node.entries.get(key)?.value : undefined;
