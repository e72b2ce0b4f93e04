import { isMap, isPair, isSeq } from 'yaml';
import { rangeOf } from '../../import/yaml/nodes.ts';
import { afterColon, endOf, isUnwritten, tokensBefore, type Spot } from './parsed.ts';
import { renderInline, renderKey } from './render.ts';
import { columnOf, endOfLine, eolOf, lineStart, splice } from '../../model/text/offsets.ts';

/** Removes a key with its value; a block loses whole lines. Returns undefined if that is not simple. */
export function removePair(text: string, spot: Spot): string | undefined {
  const { pair, parent } = spot;
  if (!pair || !isMap(parent?.node)) return undefined;
  const start = rangeOf(pair.key)[0];
  const end = isUnwritten(pair.value) ? afterColon(pair) : endOf(pair.value);
  return parent.node.flow ? removeFromFlow(text, spot, start, end) : removeLines(text, start, end);
}

/** Removes an item of a list; a block loses whole lines. Returns undefined if that is not simple. */
export function removeItem(text: string, spot: Spot): string | undefined {
  const { node, parent, index } = spot;
  if (!isSeq(parent?.node)) return undefined;
  if (parent.node.flow) return removeFromFlow(text, spot, rangeOf(node)[0], endOf(node));
  const dash = dashBefore(parent.node, index);
  return dash === undefined ? undefined : removeLines(text, dash, endOf(node));
}

const dashBefore = (list: unknown, index: number): number | undefined =>
  tokensBefore(list, index).find(({ type }) => type === 'seq-item-ind')?.offset;

/** Removes the lines of an item, with the comments behind it. Only spaces may be before it. */
function removeLines(text: string, start: number, end: number): string | undefined {
  const from = lineStart(text, start);
  return text.slice(from, start).trim() === ''
    ? splice(text, from, endOfLine(text, end), '')
    : undefined;
}

/** Removes an item with the comma before it; the first one with the comma behind it. */
function removeFromFlow(
  text: string,
  { parent, index }: Spot,
  start: number,
  end: number,
): string | undefined {
  const comma = (at: number) =>
    tokensBefore(parent?.node, at).find(({ type }) => type === 'comma')?.offset;
  const before = comma(index);
  if (before !== undefined) return splice(text, before, end, '');
  const after = comma(index + 1);
  if (after === undefined) return undefined;
  const space = /^[ \t]*/.exec(text.slice(after + 1))?.[0].length ?? 0;
  return splice(text, start, after + 1 + space, '');
}

/** Adds a key at the end of a map. */
export function insertPair(
  text: string,
  { node, isInFlow }: Spot,
  key: string,
  value: unknown,
): string | undefined {
  if (!isMap(node)) return undefined;
  const [first] = node.items;
  const flow = node.flow === true;
  const pair = `${renderKey(key)}: ${renderInline(value, isInFlow || flow)}`;
  if (flow) return insertInFlow(text, node, first ? pair : ` ${pair} `);
  if (!first) return undefined;
  return insertLine(text, node, columnOf(text, rangeOf(first.key)[0]), pair);
}

/** Adds an item at the end of a list. */
export function appendItem(
  text: string,
  { node, isInFlow }: Spot,
  value: unknown,
): string | undefined {
  if (!isSeq(node)) return undefined;
  const flow = node.flow === true;
  const item = renderInline(value, isInFlow || flow, node.items.at(-1));
  if (flow) return insertInFlow(text, node, item);
  const dash = dashBefore(node, 0);
  return dash === undefined ? undefined : insertLine(text, node, columnOf(text, dash), `- ${item}`);
}

/** Inserts behind the last item; in an empty collection, behind its bracket. */
function insertInFlow(
  text: string,
  collection: { readonly items: readonly unknown[] },
  item: string,
): string {
  const last = collection.items.at(-1);
  if (last === undefined) {
    const from = rangeOf(collection)[0] + 1;
    return splice(text, from, rangeOf(collection)[1] - 1, item);
  }
  const end = isPair(last) && !isUnwritten(last.value) ? endOf(last.value) : endOfItem(last);
  return splice(text, end, end, `, ${item}`);
}

const endOfItem = (item: unknown): number => (isPair(item) ? afterColon(item) : endOf(item));

function insertLine(text: string, collection: unknown, column: number, line: string): string {
  const at = endOfLine(text, endOf(collection));
  const eol = eolOf(text);
  const needsEol = at > 0 && text[at - 1] !== '\n';
  const added = ' '.repeat(column) + line;
  return splice(text, at, at, needsEol ? eol + added : added + eol);
}
