import { quote, shown } from '../problems/problems.ts';
import { sortOf, type Node } from './tree.ts';

/**
 * Shows a value in messages: a text in quotes, with credentials removed from URLs. Must not be called for values that
 * may be confidential.
 */
export function valueText(node: Node): string {
  if (node.type !== 'scalar' || node.value === null) return sortOf(node);
  if (typeof node.value !== 'string') return shown(String(node.value));
  return quote(node.value.slice(0, 256).replaceAll(/\/\/[^/@\s]*@/g, '//…@'));
}
