import type { Declaration } from './declarations.ts';
import { isNothing, mapping, type Entries, type Entry, type Node } from '../yaml/tree.ts';

/** The parts of a spec that are no fields of a kind. */
export const ownParts = ['lifecycle', 'labels'] as const;

/** Merges a spec over its defaults, field by field; `lifecycle` and `labels` key by key. */
export function specOf(
  spec: Node,
  defaults: Node | undefined,
): Pick<Declaration, 'fields' | (typeof ownParts)[number]> {
  const specFields = fieldsOf(spec);
  const defaultFields = fieldsOf(defaults);
  const fields = fieldsWithout(specFields, defaultFields);
  const merged = (part: string): Entry | undefined =>
    mergedEntry(specFields.get(part), defaultFields.get(part));
  return { fields, lifecycle: merged('lifecycle'), labels: merged('labels') };
}

/** The fields of both, without the parts that are no fields. Copies nothing if that is the spec itself. */
function fieldsWithout(specFields: Entries, defaultFields: Entries): Entries {
  if (defaultFields.size === 0 && !ownParts.some((part) => specFields.has(part))) return specFields;
  const fields = new Map([...defaultFields, ...specFields]);
  for (const part of ownParts) fields.delete(part);
  return fields;
}

function mergedEntry(
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
