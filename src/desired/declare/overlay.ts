import type { FieldSchema } from '../../model/kind/schema.ts';
import type { Source } from '../../model/resource.ts';
import { branchFor } from '../validate/fieldForms.ts';
import { mapping, type Entry, type Mapping, type Node } from '../yaml/tree.ts';

/** Converts plain JSON to a tree with one position for all nodes. */
export function nodeFrom(value: unknown, at: Source): Node {
  if (Array.isArray(value))
    return { type: 'list', at, items: value.map((item: unknown) => nodeFrom(item, at)) };
  if (typeof value === 'object' && value !== null) return mapping(at, entriesFrom(value, at));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? { type: 'scalar', at, value }
    : { type: 'scalar', at, value: null };
}

const entriesFrom = (value: object, at: Source): ReadonlyMap<string, Entry> =>
  new Map(
    Object.entries(value).map(([key, field]) => [key, { key, at, value: nodeFrom(field, at) }]),
  );

/** The keys that lead to a value; at least one. */
export type Path = readonly [string, ...string[]];

/** Sets a value at a path. A value on the way that is not a map is replaced by one. */
export function withValue(map: Mapping, [key, next, ...rest]: Path, value: Node): Mapping {
  const existing = map.entries.get(key);
  const inner = existing?.value.type === 'map' ? existing.value : mapping(value.at);
  const entry = {
    key,
    at: existing?.at ?? value.at,
    value: next === undefined ? value : withValue(inner, [next, ...rest], value),
  };
  return { ...map, entries: new Map(map.entries).set(key, entry) };
}

/** Fills in the defaults of a schema wherever nothing is set. */
export function withDefaults(map: Mapping, schema: FieldSchema): Mapping {
  const { properties = {} } = branchFor(schema, 'object');
  const entries = new Map(map.entries);
  for (const [key, field] of Object.entries(properties)) {
    const existing = entries.get(key);
    const value = existing?.value ?? defaultOf(field, map.at);
    if (value)
      entries.set(key, {
        key,
        at: existing?.at ?? map.at,
        value: withNestedDefaults(value, field),
      });
  }
  return { ...map, entries };
}

function withNestedDefaults(node: Node, schema: FieldSchema): Node {
  if (node.type === 'scalar') return node;
  if (node.type === 'map') return withDefaults(node, schema);
  const { items } = branchFor(schema, 'array');
  return items
    ? { ...node, items: node.items.map((item) => withNestedDefaults(item, items)) }
    : node;
}

function defaultOf(field: FieldSchema, at: Source): Node | undefined {
  if ('default' in field) return nodeFrom(field.default, at);
  return field.properties ? mapping(at) : undefined;
}
