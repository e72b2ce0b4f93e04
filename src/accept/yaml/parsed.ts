import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Pair,
} from 'yaml';
import { rangeOf } from '../../import/yaml/nodes.ts';

/** A key of a map, or an index of a list. */
export type Step = string | number;

/** The place of a value: the number of its document, and the steps from the root of the document. */
export interface Place {
  readonly document: number;
  readonly path: readonly Step[];
}

/**
 * The options with which the config is read: `on` and `off` are texts, `<<` is a key. The tokens are kept for the
 * offsets of punctuation.
 */
const options = {
  schema: 'core',
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  logLevel: 'silent',
  keepSourceTokens: true,
} as const;

/** Parses a text. Returns undefined if it is not valid YAML. */
export function parse(text: string): readonly Document.Parsed[] | undefined {
  const documents = parseAllDocuments(text, options);
  if (!Array.isArray(documents)) return [];
  return documents.some(({ errors }) => errors.length > 0) ? undefined : documents;
}

/** A token of punctuation or space. */
export interface Token {
  readonly type: string;
  readonly offset: number;
  readonly source: string;
}

/** The tokens around an item of a collection. */
interface ItemTokens {
  readonly start: readonly Token[];
  readonly sep?: readonly Token[];
}

/** A value, and what surrounds it. */
export interface Spot {
  /** A node, or null for a value that is not written. */
  readonly node: unknown;
  /** The pair of a map that has the value. */
  readonly pair: Pair | undefined;
  /** The collection that contains it; undefined for the root of a document. */
  readonly parent: Spot | undefined;
  /** Its index in that collection. */
  readonly index: number;
  /** Whether it is inside braces or brackets. */
  readonly isInFlow: boolean;
}

/** Finds the value at a place that no alias and no merge key leads to. */
export function spotAt(
  documents: readonly Document.Parsed[],
  { document, path }: Place,
): Spot | undefined {
  let spot: Spot | undefined = {
    node: documents[document]?.contents,
    pair: undefined,
    parent: undefined,
    index: 0,
    isInFlow: false,
  };
  for (const step of path) {
    spot = within(spot, step);
    if (!spot) return undefined;
  }
  return spot;
}

function within(parent: Spot, step: Step): Spot | undefined {
  const { node } = parent;
  if (!isCollection(node)) return undefined;
  const index = isMap(node)
    ? node.items.findIndex(({ key }) => isScalar(key) && String(key.value) === step)
    : Number(step);
  const item: unknown = node.items[index];
  if (item === undefined) return undefined;
  const isInFlow = parent.isInFlow || node.flow === true;
  return isPair(item)
    ? { node: item.value, pair: item, parent, index, isInFlow }
    : { node: item, pair: undefined, parent, index, isInFlow };
}

/** The plain value of a node; an alias is expanded, a merge key is a key. */
export const valueOf = (node: unknown, document: Document): unknown =>
  isScalar(node) || isCollection(node) || isAlias(node)
    ? node.toJS(document, { maxAliasCount: -1 })
    : null;

/** The end of a node. The range of a block collection may include comments behind it. */
export function endOf(node: unknown): number {
  if ((!isMap(node) && !isSeq(node)) || node.flow) return rangeOf(node)[1];
  const last: unknown = node.items.at(-1);
  if (!isPair(last)) return last === undefined ? rangeOf(node)[1] : endOf(last);
  return isUnwritten(last.value) ? afterColon(last) : endOf(last.value);
}

/** Whether a value is null because nothing is written. */
export const isUnwritten = (node: unknown): boolean =>
  node === null || (isScalar(node) && node.value === null && node.source === '');

/** The offset after the colon of a pair; of a pair without a colon, the end of its key. */
export function afterColon(pair: Pair): number {
  const colon = tokensOf(pair).sep?.find(({ type }) => type === 'map-value-ind');
  return colon ? colon.offset + colon.source.length : rangeOf(pair.key)[1];
}

const tokensOf = (pair: Pair): ItemTokens =>
  (pair as { srcToken?: ItemTokens }).srcToken ?? { start: [] };

/** The tokens before the item of a collection, such as the comma. */
export function tokensBefore(collection: unknown, index: number): readonly Token[] {
  const { srcToken } = collection as { srcToken?: { readonly items: readonly ItemTokens[] } };
  return srcToken?.items[index]?.start ?? [];
}

/** The plain value at a place of a text; undefined if there is none. */
export function contentAt(text: string, place: Place): unknown {
  const documents = parse(text);
  const document = documents?.[place.document];
  const spot = documents && spotAt(documents, place);
  return document && spot && valueOf(spot.node, document);
}
