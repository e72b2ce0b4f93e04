import { quote, escaped } from '../problems/problems.ts';
import { typeName, type Node } from './tree.ts';

/**
 * Shows a value in messages: a text in quotes, with credentials removed from URLs. Must not be called for values that
 * may be confidential.
 */
export function valueText(node: Node): string {
  if (node.type !== 'scalar' || node.value === null) return typeName(node);
  if (typeof node.value !== 'string') return escaped(String(node.value));
  return quote(node.value.slice(0, 256).replaceAll(/\/\/[^/@\s]*@/g, '//…@'));
}
