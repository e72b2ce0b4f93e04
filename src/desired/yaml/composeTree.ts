import { isAlias, isMap, isScalar, isSeq, type Document, type Pair, type ParsedNode } from 'yaml';
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
  readonly anchors: Map<string, Node | null>;
  readonly sizes: Map<Node, number>;
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
    sizes: new Map(),
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
  if (value.anchor !== undefined) reading.anchors.set(value.anchor, null);
  const node = contentOf(value, reading);
  if (value.anchor !== undefined) reading.anchors.set(value.anchor, node);
  return node;
}

function contentOf(value: Exclude<ParsedNode, Alias>, reading: Reading): Node {
  if (isMap(value)) return mapOf(value, reading);
  return isSeq(value) ? listOf(value, reading) : scalarOf(value, reading);
}

function resolveAlias({ source, range: [offset] }: Alias.Parsed, reading: Reading): Node {
  const node = reading.anchors.get(source);
  if (node) return node;
  const problem =
    node === null
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
  if (typeof plain === 'string' && plain.length >= 64)
    return withSize(scalar(offset, plain, reading), 1 + plain.length / 64, reading);
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

function listOf({ items, range }: YAMLSeq.Parsed, reading: Reading): List {
  const nodes = items.map((item) => nodeOf(item, reading));
  const list = { type: 'list', at: reading.at(range[0]), items: nodes } as const;
  return withSize(list, sum(nodes, reading), reading);
}

const sum = (nodes: readonly Node[], { sizes }: Reading): number =>
  nodes.reduce((total, node) => total + (sizes.get(node) ?? 1), 1);

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
  const values = [...entries.values()].map(({ value }) => value);
  const map = {
    type: 'map',
    at: reading.at(range[0]),
    entries,
    repeated: repeated.length > 0 ? repeated : none,
  } as const;
  return withSize(map, sum(values, reading), reading);
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
  const node = nodeOf(key, reading);
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

/** Records the size of a node. */
function withSize<Grown extends Node>(node: Grown, size: number, reading: Reading): Grown {
  reading.sizes.set(node, size);
  if (size > maxValues) tooLarge(node.at, reading);
  return node;
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
