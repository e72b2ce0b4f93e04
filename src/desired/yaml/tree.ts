import type { Source } from '../../model/resource.ts';

/** A text, a number, a boolean or nothing. */
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

/** A map; merge keys are carried out, and of a key that is repeated the first entry counts. */
export interface Mapping {
  readonly type: 'map';
  readonly at: Source;
  readonly entries: Entries;
  /** The later entries of repeated keys. */
  readonly repeated: readonly Entry[];
}

/** A key, where it stands, and its value. */
export interface Entry {
  readonly key: string;
  readonly at: Source;
  readonly value: Node;
}

export type Entries = ReadonlyMap<string, Entry>;

/**
 * YAML with positions. Where an alias stands, the node of its anchor stands too: the same object, at the place where it is
 * written. So the tree is as large as the text, and a mistake has one position however often it is used.
 */
export type Node = Scalar | List | Mapping;

/** Tells where an offset of a text is. */
export type Places = (offset: number) => Source;

/**
 * What stands at an offset of a text. Hardly any of it is ever asked where, and a place for each would be half of a large tree.
 * It is worked out by a getter, which a spread leaves behind.
 */
class Placed {
  private readonly places: Places;
  private readonly offset: number;

  constructor(places: Places, offset: number) {
    this.places = places;
    this.offset = offset;
  }

  get at(): Source {
    return this.places(this.offset);
  }
}

/** A scalar of a text. */
export class PlacedScalar extends Placed implements Scalar {
  readonly type = 'scalar';
  readonly value: Scalar['value'];

  constructor(places: Places, offset: number, value: Scalar['value']) {
    super(places, offset);
    this.value = value;
  }
}

/** An entry of a map of a text. */
export class PlacedEntry extends Placed implements Entry {
  readonly key: string;
  readonly value: Node;

  constructor(places: Places, offset: number, key: string, value: Node) {
    super(places, offset);
    this.key = key;
    this.value = value;
  }
}

/** A map of these entries that stands nowhere else. */
export const mapping = (at: Source, entries: Entries = new Map()): Mapping => ({
  type: 'map',
  at,
  entries,
  repeated: [],
});

/** The value as plain JSON. A key `__proto__` is a key like any other. */
export function plainOf(node: Node): unknown {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainOf(value)]));
  }
}

/** What a node is, for messages; never what it says. */
export function sortOf(node: Node): string {
  if (node.type === 'list') return 'a list';
  if (node.type === 'map') return 'a map';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'a text' : `a ${typeof node.value}`;
}

/** How many items or entries a node has. */
export const membersOf = (node: Node): number => {
  if (node.type === 'list') return node.items.length;
  return node.type === 'map' ? node.entries.size : 0;
};

export const isNothing = (node: Node): boolean => node.type === 'scalar' && node.value === null;

/** The text of a node that is one. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined;

/** A node of a tree and the key under which it stands; for an item of a list, its own place. */
export interface Located {
  readonly node: Node;
  readonly key: Source;
}

/** The node at a path of keys and indexes, or the last one on the way to it, after `depth` steps. */
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
