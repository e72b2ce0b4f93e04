import type { Declaration } from './declarations.ts';
import { isNothing, mapping, type Entries, type Entry, type Node } from '../yaml/tree.ts';

/** The fields of a spec over those of its defaults, one by one; likewise those of `lifecycle`. */
export function specOf(
  spec: Node,
  defaults: Node | undefined,
): Pick<Declaration, 'fields' | 'lifecycle'> {
  const own = fieldsOf(spec);
  const general = fieldsOf(defaults);
  const fields = new Map([...general, ...own]);
  fields.delete('lifecycle');
  return { fields, lifecycle: lifecycleOf(own.get('lifecycle'), general.get('lifecycle')) };
}

function lifecycleOf(own: Entry | undefined, general: Entry | undefined): Entry | undefined {
  if (!own || isNothing(own.value)) return general;
  if (general?.value.type !== 'map' || own.value.type !== 'map') return own;
  const entries = new Map([...general.value.entries, ...own.value.entries]);
  return { key: own.key, at: own.at, value: mapping(own.value.at, entries) };
}

const noFields: Entries = new Map();

const fieldsOf = (node: Node | undefined): Entries =>
  node?.type === 'map' ? node.entries : noFields;
