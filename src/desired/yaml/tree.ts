import type { Source } from '../../model/resource.ts';

/** A text, a number, a boolean, or null. */
export interface Scalar {
  readonly type: 'scalar';
  readonly at: Source;
  readonly value: string | number | boolean | null;
}

export interface List {
  readonly type: 'list';
  readonly at: Source;
  readonly items: readonly Node[];
}

/** A map with merge keys expanded. Of repeated keys, the first entry counts. */
export interface Mapping {
  readonly type: 'map';
  readonly at: Source;
  readonly entries: Entries;
  /** The later entries of repeated keys. */
  readonly repeated: readonly Entry[];
}

/** A key with its position, and its value. */
export interface Entry {
  readonly key: string;
  readonly at: Source;
  readonly value: Node;
}

export type Entries = ReadonlyMap<string, Entry>;

/**
 * YAML with positions. An alias is the same object as the node of its anchor, with the anchor's position. So the tree
 * is no larger than the text, and a mistake has one position however often it is used.
 */
export type Node = Scalar | List | Mapping;

/** Converts an offset of a text to a position. */
export type PositionOf = (offset: number) => Source;

/**
 * A node that computes its position on demand: few positions are ever needed, and storing them would double a large
 * tree. `at` is a getter, so a spread drops it.
 */
class Placed {
  private readonly places: PositionOf;
  private readonly offset: number;

  constructor(places: PositionOf, offset: number) {
    this.places = places;
    this.offset = offset;
  }

  get at(): Source {
    return this.places(this.offset);
  }
}

export class PlacedScalar extends Placed implements Scalar {
  readonly type = 'scalar';
  readonly value: Scalar['value'];

  constructor(places: PositionOf, offset: number, value: Scalar['value']) {
    super(places, offset);
    this.value = value;
  }
}

export class PlacedEntry extends Placed implements Entry {
  readonly key: string;
  readonly value: Node;

  constructor(places: PositionOf, offset: number, key: string, value: Node) {
    super(places, offset);
    this.key = key;
    this.value = value;
  }
}

/** Creates a map of entries that does not come from a text. */
export const mapping = (at: Source, entries: Entries = new Map()): Mapping => ({
  type: 'map',
  at,
  entries,
  repeated: [],
});

/** Converts a node to plain JSON. `__proto__` is an ordinary key. */
export function toJson(node: Node): unknown {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toJson);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, toJson(value)]));
  }
}

/** The type of a node, for messages. Never its value. */
export function typeName(node: Node): string {
  if (node.type === 'list') return 'a list';
  if (node.type === 'map') return 'a map';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'a string' : `a ${typeof node.value}`;
}

/** The number of items or entries of a node; 0 for a scalar. */
export const membersOf = (node: Node): number => {
  if (node.type === 'list') return node.items.length;
  return node.type === 'map' ? node.entries.size : 0;
};

export const isNothing = (node: Node): boolean => node.type === 'scalar' && node.value === null;

/** The value of a node that is a string; otherwise undefined. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined;

/** A node, and the position of its key; for an item of a list, the position of the item. */
export interface Located {
  readonly node: Node;
  readonly key: Source;
}

/**
 * Finds the node at a path of keys and indexes. If the path does not exist, returns the last node on the way, `depth`
 * steps down.
 */
export function locate(
  start: Located,
  path: readonly string[],
): Located & { readonly depth: number } {
  let located = { ...start, depth: 0 };
  for (const step of path) {
    const next = childOf(located.node, step);
    if (!next) return located;
    located = { ...next, depth: located.depth + 1 };
  }
  return located;
}

function childOf(node: Node, step: string): Located | undefined {
  if (node.type === 'scalar') return undefined;
  if (node.type === 'map') {
    const entry = node.entries.get(step);
    return entry && { node: entry.value, key: entry.at };
  }
  const item = node.items[Number(step)];
  return item && { node: item, key: item.at };
}

/** The items of the list at a path; none if there is no list. */
export function itemsOf(root: Located, path: readonly string[]): readonly Node[] {
  const { node } = locate(root, path);
  return node.type === 'list' ? node.items : [];
}
