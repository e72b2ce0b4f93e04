import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, type Document } from 'yaml';
import { rangeOf } from '../../import/yaml/nodes.ts';
import { appendItem, insertPair, removeItem, removePair } from './collection.ts';
import {
  afterColon,
  endOf,
  isUnwritten,
  parse,
  spotAt,
  valueOf,
  type Place,
  type Spot,
  type Step,
} from './parsed.ts';
import { renderInline } from './render.ts';
import { endOfLine, eolOf, lineStart, splice } from '../../model/text/offsets.ts';

/**
 * A change of one value. `set`: it gets this value. `remove`: its key, or the item, is removed. `members`: items of a
 * list whose order has no meaning are removed, and others added at its end.
 */
export type Edit =
  | { readonly is: 'set'; readonly value: unknown }
  | { readonly is: 'remove' }
  | {
      readonly is: 'members';
      /** The indexes of the items to remove. */
      readonly removed: readonly number[];
      readonly added: readonly unknown[];
    };

/**
 * Changes one value of a YAML text, and no other byte than the change needs. Comments, quotes, and the form of lists
 * and maps stay. Returns undefined if that cannot be done safely: the new text is parsed again, and must have the
 * changed value and otherwise the values of the old one.
 */
export function edit(text: string, place: Place, change: Edit): string | undefined {
  const documents = parse(text);
  if (!documents) return undefined;
  const changed = applied(text, place, change);
  if (changed === undefined) return undefined;
  const after = parse(changed);
  return after && isDeepStrictEqual(after.map(contentOf), expected(documents, place, change))
    ? changed
    : undefined;
}

const contentOf = (document: Document): unknown => document.toJS({ maxAliasCount: -1 });

function applied(text: string, place: Place, change: Edit): string | undefined {
  switch (change.is) {
    case 'set':
      return setValue(text, place, change.value);
    case 'remove':
      return removeAt(text, place);
    case 'members': {
      const last = change.removed.toSorted((a, b) => b - a);
      const without = sequence(text, last, (now, index) => removeAt(now, below(place, index)));
      return sequence(without, change.added, (now, value) => appendAt(now, place, value));
    }
  }
}

/** Applies one change after the other, each to the text that the one before made. */
const sequence = <Value>(
  text: string | undefined,
  values: readonly Value[],
  change: (text: string, value: Value) => string | undefined,
): string | undefined =>
  values.reduce<string | undefined>(
    (now, value) => (now === undefined ? undefined : change(now, value)),
    text,
  );

const below = ({ document, path }: Place, step: Step): Place => ({
  document,
  path: [...path, step],
});

/** Sets a value. Of maps and lists, only the parts that differ are changed. */
function setValue(text: string, place: Place, value: unknown): string | undefined {
  const found = find(text, place);
  if (!found) return undefined;
  const { spot, document } = found;
  const before = valueOf(spot.node, document);
  if (isDeepStrictEqual(before, value)) return text;
  if (isMap(spot.node) && isObject(before) && isObject(value))
    return setEntries(text, place, before, value);
  if (isSeq(spot.node) && Array.isArray(before) && Array.isArray(value))
    return setItems(text, place, before.length, value);
  return replace(text, spot, value);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** New entries come first, so that the map is never empty in between. */
function setEntries(
  text: string,
  place: Place,
  before: Readonly<Record<string, unknown>>,
  value: Readonly<Record<string, unknown>>,
): string | undefined {
  const keys = Object.keys(value);
  const added = keys.filter((key) => !Object.hasOwn(before, key));
  const common = keys.filter((key) => Object.hasOwn(before, key));
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(value, key));
  const withAdded = sequence(text, added, (now, key) => {
    const found = find(now, place);
    return found && insertPair(now, found.spot, key, value[key]);
  });
  const withCommon = sequence(withAdded, common, (now, key) =>
    setValue(now, below(place, key), value[key]),
  );
  return sequence(withCommon, removed, (now, key) => removeAt(now, below(place, key)));
}

function setItems(
  text: string,
  place: Place,
  count: number,
  value: readonly unknown[],
): string | undefined {
  const common = Math.min(count, value.length);
  const indexes = [...value.keys()].slice(0, common);
  const surplus = Array.from({ length: count - common }, (_, i) => count - 1 - i);
  const withCommon = sequence(text, indexes, (now, index) =>
    setValue(now, below(place, index), value[index]),
  );
  const without = sequence(withCommon, surplus, (now, index) => removeAt(now, below(place, index)));
  return sequence(without, value.slice(common), (now, item) => appendAt(now, place, item));
}

function removeAt(text: string, place: Place): string | undefined {
  const spot = find(text, place)?.spot;
  if (!spot?.parent) return undefined;
  const { parent } = spot;
  const isLast = isMap(parent.node) || isSeq(parent.node) ? parent.node.items.length === 1 : false;
  if (isLast) return replace(text, parent, isMap(parent.node) ? {} : []);
  return spot.pair ? removePair(text, spot) : removeItem(text, spot);
}

function appendAt(text: string, place: Place, value: unknown): string | undefined {
  const spot = find(text, place)?.spot;
  return spot && isSeq(spot.node) ? appendItem(text, spot, value) : undefined;
}

function find(
  text: string,
  place: Place,
): { readonly spot: Spot; readonly document: Document } | undefined {
  const documents = parse(text);
  const spot = documents && spotAt(documents, place);
  const document = documents?.[place.document];
  return spot && document && { spot, document };
}

/** Replaces a value as a whole. */
function replace(text: string, spot: Spot, value: unknown): string | undefined {
  const { node, pair, isInFlow } = spot;
  const rendered = renderInline(value, isInFlow, node);
  if (isUnwritten(node)) {
    if (!pair) return undefined;
    const at = afterColon(pair);
    return splice(text, at, at, ` ${rendered}`);
  }
  if ((isMap(node) || isSeq(node)) && !node.flow) return replaceBlock(text, spot, rendered);
  const [from, to] = rangeOf(node);
  const isBlockText = isScalar(node) && node.type?.startsWith('BLOCK_') === true;
  const eol = isBlockText && text[to - 1] === '\n' ? eolOf(text) : '';
  return splice(text, from, to, rendered + eol);
}

/** Removes the lines of a block, and writes a value behind the colon. */
function replaceBlock(text: string, { node, pair }: Spot, rendered: string): string | undefined {
  if (!pair) return undefined;
  const at = afterColon(pair);
  const from = lineStart(text, rangeOf(node)[0]);
  if (from <= at) return undefined;
  const lines = splice(text, from, endOfLine(text, endOf(node)), '');
  return splice(lines, at, at, ` ${rendered}`);
}

/** The values of all documents after the change. */
function expected(
  documents: readonly Document.Parsed[],
  { document: number, path }: Place,
  change: Edit,
): readonly unknown[] {
  const document = documents[number];
  if (!document) return [];
  if (change.is === 'remove') document.deleteIn(path);
  if (change.is === 'set') setNode(document, path, change.value);
  if (change.is === 'members') {
    const items: unknown = contentAt(document, path);
    const kept = Array.isArray(items)
      ? (items as readonly unknown[]).filter((_, index) => !change.removed.includes(index))
      : [];
    setNode(document, path, [...kept, ...change.added]);
  }
  return documents.map(contentOf);
}

const contentAt = (document: Document, path: readonly Step[]): unknown =>
  valueOf(document.getIn(path, true), document);

/** Sets a value. The anchor stays, as it does in the text. */
function setNode(document: Document, path: readonly Step[], value: unknown): void {
  const node = document.createNode(value);
  const before = document.getIn(path, true) as { anchor?: string } | null | undefined;
  if (before?.anchor !== undefined) node.anchor = before.anchor;
  document.setIn(path, node);
}
