import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Pair } from 'yaml';
import { rangeOf } from '../../import/yaml/nodes.ts';
import { afterColon, isUnwritten, parse, spotAt, type Place, type Step } from './parsed.ts';
import { offsetAt, positionAt, type Position } from '../../model/text/offsets.ts';

/** How a value gets to a resource from another place: through an alias, a merge key, or defaults. */
export interface Detour {
  readonly by: 'alias' | 'merge' | 'defaults';
  /** The alias, the merge key, or the kind in `defaults`. */
  readonly through: Position;
}

/** Where a value of a declared resource is written. */
export interface Origin {
  readonly at: Position;
  /** Undefined: the value is written in the resource itself. */
  readonly detour: Detour | undefined;
  /** The place of the value; undefined for a value from somewhere else. */
  readonly place: Place | undefined;
}

/** The resource, and the value in question. */
export interface Asked {
  readonly kind: string;
  /** The position of its name. */
  readonly at: Position;
  /** The keys and indexes that lead to the value; at least one. */
  readonly path: readonly Step[];
}

/** A node on the way to a value. */
interface Located {
  readonly document: Document.Parsed;
  readonly number: number;
  readonly path: readonly Step[];
  readonly pair: Pair | undefined;
  readonly node: unknown;
  readonly detour: Detour | undefined;
}

/** Finds where a value is written. Returns undefined if nothing in the text declares it. */
export function originOf(text: string, asked: Asked): Origin | undefined {
  for (const root of rootsOf(text)) {
    const resource = resourceIn(text, root, asked);
    if (!resource) continue;
    const found = follow(text, resource, asked.path) ?? inDefaults(text, asked);
    return found && originAt(text, found);
  }
  return undefined;
}

function rootsOf(text: string): readonly Located[] {
  return (parse(text) ?? []).map((document, number) => ({
    document,
    number,
    path: [],
    pair: undefined,
    node: document.contents,
    detour: undefined,
  }));
}

/** The entry of a resource in a document, by the position of its name. */
function resourceIn(text: string, root: Located, { kind, at }: Asked): Located | undefined {
  const section = follow(text, root, [kind]);
  const offset = offsetAt(text, at);
  return section && entriesOf(text, section).find(({ pair }) => rangeOf(pair?.key)[0] === offset);
}

/** Defaults apply to the whole file, field by field. */
function inDefaults(text: string, { kind, path }: Asked): Located | undefined {
  for (const root of rootsOf(text)) {
    const section = follow(text, root, ['defaults', kind]);
    const found = section && follow(text, section, path);
    if (section && found)
      return { ...found, detour: { by: 'defaults', through: positionOf(text, section.pair?.key) } };
  }
  return undefined;
}

function originAt(text: string, { node, pair, detour, number, path }: Located): Origin {
  const at =
    pair && isUnwritten(node) ? positionAt(text, afterColon(pair)) : positionOf(text, node);
  return { at, detour, place: detour ? undefined : { document: number, path } };
}

const positionOf = (text: string, node: unknown): Position => positionAt(text, rangeOf(node)[0]);

function follow(text: string, from: Located, path: readonly Step[]): Located | undefined {
  let located: Located | undefined = from;
  for (const step of path) {
    located = childOf(text, located, step);
    if (!located) return undefined;
  }
  return located && resolved(text, located);
}

function childOf(text: string, located: Located, step: Step): Located | undefined {
  const parent = resolved(text, located);
  if (isSeq(parent.node)) {
    const node = parent.node.items[Number(step)];
    return node === undefined
      ? undefined
      : { ...parent, node, pair: undefined, path: [...parent.path, step] };
  }
  return entriesOf(text, parent).find(({ pair }) => keyOf(pair) === step);
}

/** The entries of a map: its own first, then those of its merge keys in order. */
function entriesOf(text: string, located: Located): readonly Located[] {
  const parent = resolved(text, located);
  if (!isMap(parent.node)) return [];
  const entries = parent.node.items.map((pair) => ({
    ...parent,
    pair,
    node: pair.value,
    path: [...parent.path, keyOf(pair)],
  }));
  const own = entries.filter(({ pair }) => !isMerge(pair));
  const merges = entries.filter(({ pair }) => isMerge(pair));
  return [...own, ...merges.flatMap((merge) => mergedEntries(text, merge))];
}

function mergedEntries(text: string, merge: Located): readonly Located[] {
  const through = positionOf(text, merge.pair?.key);
  const source = { ...merge, detour: merge.detour ?? { by: 'merge' as const, through } };
  const { node } = resolved(text, source);
  const maps = isSeq(node) ? node.items : [node];
  return maps.flatMap((map: unknown) => entriesOf(text, { ...source, node: map }));
}

/** Follows an alias to its anchor. */
function resolved(text: string, located: Located): Located {
  const { node, document, detour } = located;
  if (!isAlias(node)) return located;
  const through = positionOf(text, node);
  const target: unknown = node.resolve(document);
  return { ...located, node: target, detour: detour ?? { by: 'alias', through } };
}

const keyOf = (pair: Pair | undefined): string =>
  isScalar(pair?.key) ? String(pair.key.value) : '';

const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.value === '<<' && key.type === 'PLAIN';

/** The first alias or merge key inside a value; undefined if there is none. */
export function detourWithin(text: string, place: Place): Detour | undefined {
  const documents = parse(text);
  const node = documents && spotAt(documents, place)?.node;
  if (!isMap(node) && !isSeq(node)) return undefined;
  let found: Detour | undefined;
  visit(node, {
    Alias: (_, alias) => {
      found = { by: 'alias', through: positionOf(text, alias) };
      return visit.BREAK;
    },
    Pair: (_, pair) => {
      if (!isMerge(pair)) return undefined;
      found = { by: 'merge', through: positionOf(text, pair.key) };
      return visit.BREAK;
    },
  });
  return found;
}
