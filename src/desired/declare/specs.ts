import type { Declaration } from './declarations.ts';
import { isNothing, mapping, type Entries, type Entry, type Node } from '../yaml/tree.ts';

/** Merges a spec over its defaults, field by field; `lifecycle` likewise. */
export function specOf(
  spec: Node,
  defaults: Node | undefined,
): Pick<Declaration, 'fields' | 'lifecycle'> {
  const specFields = fieldsOf(spec);
  const defaultFields = fieldsOf(defaults);
  const fields = new Map([...defaultFields, ...specFields]);
  fields.delete('lifecycle');
  return {
    fields,
    lifecycle: lifecycleOf(specFields.get('lifecycle'), defaultFields.get('lifecycle')),
  };
}

function lifecycleOf(
  specEntry: Entry | undefined,
  defaultEntry: Entry | undefined,
): Entry | undefined {
  if (!specEntry || isNothing(specEntry.value)) return defaultEntry;
  if (defaultEntry?.value.type !== 'map' || specEntry.value.type !== 'map') return specEntry;
  const entries = new Map([...defaultEntry.value.entries, ...specEntry.value.entries]);
  return { key: specEntry.key, at: specEntry.at, value: mapping(specEntry.value.at, entries) };
}

const noFields: Entries = new Map();

const fieldsOf = (node: Node | undefined): Entries =>
  node?.type === 'map' ? node.entries : noFields;
