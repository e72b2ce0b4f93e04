import { isAlias, isMap, isScalar, type Document, type Pair, type ParsedNode } from 'yaml';
import type { Alias, Scalar as YamlScalar, YAMLMap, YAMLSeq } from 'yaml';
import { textInterner } from '../../model/interner.ts';
import type { Source } from '../../model/resource.ts';
import { quote, escaped, type Problems } from '../problems/problems.ts';
import { positionText } from '../../model/resource.ts';
import {
  isNothing,
  PlacedEntry,
  PlacedScalar,
  typeName,
  type Entry,
  type List,
  type Mapping,
  type Node,
  type PositionOf,
  type Scalar,
} from './tree.ts';
import { valueText } from './valueText.ts';

/**
 * The maximum number of values in a document with its aliases expanded. Every 64 characters of a text count as one more
 * value.
 */
const maxValues = 1_000_000;

/** The state of one document while its tree is built. */
interface Reading {
  readonly at: PositionOf;
  readonly problems: Problems;
  /** Null while the anchored node is being built: an alias to it would be infinite. */
  readonly anchors: Map<string, Anchored | null>;
  /** The number of values so far, without keys and with aliases expanded. */
  values: number;
  /** Returns one object for equal short texts: a region occurs in a thousand places. */
  readonly once: (text: string) => string;
  /** The number of entries that merge keys have added. */
  merged: number;
  /** An alias without an anchor was found: the tree lacks a value. */
  incomplete: boolean;
  tooLarge: boolean;
  /** The number of enclosing keys that are names of secrets. Above 0, no message shows a value. */
  confidential: number;
}

/** A node with an anchor, and the number of values in it. */
interface Anchored {
  readonly node: Node;
  readonly size: number;
}

/** Keys whose values are secrets, or may be by mistake. */
const secretKey = /secret|password|token|credential|key$|^(value|script|auth|slack|webhook)$/i;

/**
 * Builds the tree of a document; undefined if it expands to too many values. `complete` is false if an alias was
 * refused.
 */
export function treeOf(
  document: Document.Parsed<ParsedNode, false>,
  at: PositionOf,
  problems: Problems,
): { readonly root: Node; readonly complete: boolean } | undefined {
  const reading: Reading = {
    at,
    problems,
    anchors: new Map(),
    values: 0,
    once: textInterner(),
    merged: 0,
    incomplete: false,
    tooLarge: false,
    confidential: 0,
  };
  const root = nodeOf(document.contents, reading);
  return reading.tooLarge ? undefined : { root, complete: !reading.incomplete };
}

function nodeOf(value: ParsedNode, reading: Reading): Node {
  if (isAlias(value)) return resolveAlias(value, reading);
  const { anchor } = value;
  if (anchor === undefined) return contentOf(value, reading);
  const before = reading.values;
  reading.anchors.set(anchor, null);
  const node = contentOf(value, reading);
  reading.anchors.set(anchor, { node, size: reading.values - before });
  return node;
}

function contentOf(value: Exclude<ParsedNode, Alias>, reading: Reading): Node {
  if (isScalar(value)) return scalarOf(value, reading);
  const before = reading.values;
  const node = isMap(value) ? mapOf(value, reading) : listOf(value, reading);
  reading.values += 1;
  if (reading.values - before > maxValues) tooLarge(node.at, reading);
  return node;
}

function resolveAlias({ source, range: [offset] }: Alias.Parsed, reading: Reading): Node {
  const anchored = reading.anchors.get(source);
  if (anchored) {
    reading.values += anchored.size;
    return anchored.node;
  }
  const problem =
    anchored === null
      ? 'is inside its own anchor'
      : 'has no anchor before it in its document; quote a string that begins with *';
  const alias = reading.confidential > 0 ? 'this alias' : `the alias ${quote(`*${source}`)}`;
  const message = `not valid YAML: ${alias} ${problem}`;
  reading.problems.add(reading.at(offset), 'syntax', message);
  reading.incomplete = true;
  return scalar(offset, null, reading);
}

function scalarOf(parsed: YamlScalar.Parsed, reading: Reading): Scalar {
  const {
    value,
    source,
    range: [offset],
  } = parsed;
  const plain = typeof value === 'bigint' ? integerOf(value, offset, reading) : value;
  reading.values += 1;
  if (typeof plain === 'string' && plain.length >= 64) {
    reading.values += plain.length / 64;
    return scalar(offset, plain, reading);
  }
  if (typeof plain === 'string') return scalar(offset, reading.once(plain), reading);
  if (isPlain(plain)) return scalar(offset, plain, reading);
  const number = reading.confidential > 0 ? 'this' : quote(source);
  const problem = `${number} is not a number that can be used; put a string in quotes`;
  reading.problems.add(reading.at(offset), 'wrong-value', problem);
  return scalar(offset, null, reading);
}

const scalar = (offset: number, value: Scalar['value'], { at }: Reading): Scalar =>
  new PlacedScalar(at, offset, value);

const isPlain = (value: unknown): value is Scalar['value'] =>
  value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);

function integerOf(value: bigint, offset: number, reading: Reading): number {
  const { at, problems, confidential } = reading;
  const number = confidential > 0 ? 'this number' : escaped(String(value));
  const problem = `${number} is too large to be exact; put a string in quotes`;
  if (!Number.isSafeInteger(Number(value))) problems.add(at(offset), 'unsafe-integer', problem);
  return Number(value);
}

const listOf = ({ items, range }: YAMLSeq.Parsed, reading: Reading): List => ({
  type: 'list',
  at: reading.at(range[0]),
  items: items.map((item) => nodeOf(item, reading)),
});

function mapOf({ items, range }: YAMLMap.Parsed, reading: Reading): Mapping {
  const entries = new Map<string, Entry>();
  const merges = new Map<string, Entry>();
  const repeated: Entry[] = [];
  for (const pair of items) {
    const entry = entryOf(pair, reading);
    const slots = isMerge(pair) ? merges : entries;
    const first = entry && slots.get(entry.key);
    if (first) repeated.push(reportRepeated(entry, first, reading));
    else if (entry) slots.set(entry.key, entry);
  }
  for (const { value } of merges.values()) merge(entries, value, reading);
  return {
    type: 'map',
    at: reading.at(range[0]),
    entries,
    repeated: repeated.length > 0 ? repeated : none,
  };
}

const none: readonly Entry[] = [];

const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.value === '<<' && key.type === 'PLAIN';

function reportRepeated(entry: Entry, first: Entry, { problems }: Reading): Entry {
  const message = `the key ${quote(entry.key)} is repeated; it is first set at ${positionText(first.at)}`;
  problems.add(entry.at, 'duplicate', message);
  return entry;
}

function entryOf(
  { key, value }: Pair<ParsedNode, ParsedNode | null>,
  reading: Reading,
): Entry | undefined {
  const [offset] = key.range;
  const { values } = reading;
  const node = nodeOf(key, reading);
  reading.values = values;
  const hidden = node.type === 'scalar' && secretKey.test(String(node.value)) ? 1 : 0;
  reading.confidential += hidden;
  const valueNode = value ? nodeOf(value, reading) : scalar(offset, null, reading);
  reading.confidential -= hidden;
  const entry = (name: string): Entry => new PlacedEntry(reading.at, offset, name, valueNode);
  if (node.type === 'scalar' && typeof node.value === 'string') return entry(node.value);
  const actual = isNothing(node) ? 'empty' : `${typeName(node)}${keyText(node)}`;
  const problem = `this key is ${actual}; put it in quotes`;
  reading.problems.add(reading.at(offset), 'unquoted-key', problem);
  return node.type === 'scalar' ? entry(String(node.value)) : undefined;
}

/** The text of a key that is not a string. */
const keyText = (node: Node): string => (node.type === 'scalar' ? `, ${valueText(node)}` : '');

/** Entries of the map win over merged ones, and an earlier merged map over a later one. */
function merge(entries: Map<string, Entry>, value: Node, reading: Reading): void {
  for (const map of value.type === 'list' ? value.items : [value])
    if (map.type === 'map') mergeMap(entries, map, reading);
    else
      reading.problems.add(
        map.at,
        'wrong-value',
        `<< is ${valueText(map)}; it takes a map, or a list of maps`,
      );
}

function mergeMap(entries: Map<string, Entry>, map: Mapping, reading: Reading): void {
  reading.merged += map.entries.size;
  if (reading.merged > maxValues) return tooLarge(map.at, reading);
  for (const entry of map.entries.values())
    if (!entries.has(entry.key)) entries.set(entry.key, entry);
}

/** Reports the problem once per document. */
function tooLarge(at: Source, reading: Reading): void {
  if (!reading.tooLarge)
    reading.problems.add(
      at,
      'alias-bomb',
      `with its aliases expanded, this holds more than ${maxValues} values`,
    );
  reading.tooLarge = true;
}
