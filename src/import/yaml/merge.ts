import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, parseAllDocuments, type Document, type Pair } from 'yaml';
import type { Spec } from '../../model/resource.ts';
import { columnOf, endOfLine } from '../../model/text/offsets.ts';
import { rangeOf } from './nodes.ts';
import { renderEntries, type Indentation } from './render.ts';

/** The options with which the config is read: `on` and `off` are texts, `<<` is a key. */
const options = { schema: 'core', merge: false, uniqueKeys: false, logLevel: 'silent' } as const;

/**
 * Adds entries to a top-level map of a YAML text. Every existing byte stays, in order. Returns undefined if that cannot
 * be done safely: the map is written in braces, or the text has defaults for the kind, which would apply to the new
 * entries.
 */
export function addEntries(text: string, key: string, entries: Spec): string | undefined {
  const documents = documentsOf(text);
  if (!documents || documents.some((document) => hasDefaults(document, key))) return undefined;
  const place = placeFor(text, documents, key);
  if (!place) return undefined;
  const { at, lead, indentation } = place;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const needsEol = at > 0 && text[at - 1] !== '\n';
  const lines = [...lead, renderEntries(entries, indentation), ''].join('\n');
  const added = (needsEol ? eol : '') + lines.replaceAll('\n', eol);
  const merged = text.slice(0, at) + added + text.slice(at);
  return addsOnly(documents, documentsOf(merged), place.document, key, entries)
    ? merged
    : undefined;
}

function documentsOf(text: string): readonly Document.Parsed[] | undefined {
  const documents = parseAllDocuments(text, options);
  if (!Array.isArray(documents)) return [];
  return documents.some(({ errors }) => errors.length > 0) ? undefined : documents;
}

const valueOf = (document: Document.Parsed): unknown => document.toJS({ maxAliasCount: -1 });

/**
 * Whether values written elsewhere could apply to new entries: defaults of the kind, or a merge key that may bring
 * them.
 */
function hasDefaults(document: Document.Parsed, key: string): boolean {
  const value = valueOf(document);
  return has(value, '<<') || (has(value, 'defaults') && appliesTo(value.defaults, key));
}

const appliesTo = (defaults: unknown, key: string): boolean =>
  has(defaults, key) || has(defaults, '<<');

const has = <Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);

/** Where entries are inserted: the document, the offset, the lines before them, and their indentation. */
interface Place {
  readonly document: number;
  readonly at: number;
  readonly lead: readonly string[];
  readonly indentation: Indentation;
}

function placeFor(
  text: string,
  documents: readonly Document.Parsed[],
  key: string,
): Place | undefined {
  for (const [document, { contents }] of documents.entries()) {
    if (!isMap(contents)) continue;
    const pair = contents.items.find(
      (candidate) => isScalar(candidate.key) && candidate.key.value === key,
    );
    if (pair) return placeWithin(text, document, pair);
  }
  return placeAtEnd(text, documents, key);
}

/** At the end of an existing map; if the key has no value, on the next line. */
function placeWithin(text: string, document: number, { key, value }: Pair): Place | undefined {
  const column = columnOf(text, rangeOf(key)[0]);
  if (isMap(value) && !value.flow) {
    const by = columnOf(text, rangeOf(value.items[0]?.key)[0]);
    const at = afterComments(text, endOfLine(text, rangeOf(value)[1]), by);
    return { document, at, lead: [], indentation: { by, step: Math.max(1, by - column) } };
  }
  if (!isScalar(value) || value.value !== null || value.source !== '') return undefined;
  const indentation = { by: column + 2, step: 2 };
  return { document, at: endOfLine(text, rangeOf(value)[1]), lead: [], indentation };
}

/** In a new map at the end of the text, in its last document. */
function placeAtEnd(text: string, documents: readonly Document.Parsed[], key: string): Place {
  const last = documents.at(-1)?.contents;
  const column = isMap(last) ? columnOf(text, rangeOf(last.items[0]?.key)[0]) : 0;
  const pad = ' '.repeat(column);
  return {
    document: Math.max(0, documents.length - 1),
    at: text.length,
    lead: [...(text.trim() === '' ? [] : ['']), `${pad}${key}:`],
    indentation: { by: column + 2, step: 2 },
  };
}

/** The offset after the comments that continue at this column. */
function afterComments(text: string, offset: number, column: number): number {
  const comment = new RegExp(` {${column},}#`, 'y');
  let at = offset;
  for (comment.lastIndex = at; comment.test(text); comment.lastIndex = at)
    at = text.indexOf('\n', at) + 1 || text.length;
  return at;
}

/** Whether the new text has the values of the old one, the added entries, and nothing else. */
function addsOnly(
  before: readonly Document.Parsed[],
  after: readonly Document.Parsed[] | undefined,
  place: number,
  key: string,
  entries: Spec,
): boolean {
  const expected = before.length === 0 ? [null] : before.map(valueOf);
  const documentValue = (expected[place] ?? {}) as Readonly<Record<string, Spec | null>>;
  const existing = documentValue[key] ?? {};
  if (Object.keys(entries).some((name) => Object.hasOwn(existing, name))) return false;
  expected[place] = { ...documentValue, [key]: { ...existing, ...entries } };
  return after !== undefined && isDeepStrictEqual(after.map(valueOf), expected);
}
