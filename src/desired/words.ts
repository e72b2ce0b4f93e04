import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FieldSchema } from '../model/schema.ts';
import { either, quote } from './problems.ts';
import { textForms } from './textForms.ts';
import { sortOf, type Node } from './tree.ts';

/**
 * What is wrong with a value and what is expected in its place, to follow on the name of its field. A text is repeated only
 * where it was to be one of a few words: elsewhere it may be confidential.
 */
export function wordsFor(error: ErrorObject, node: Node): string {
  const { keyword, params, schema, message = '' } = error;
  switch (keyword) {
    case 'enum':
    case 'const':
      return `is ${written(node)}; it takes ${either([schema].flat().map(word))}`;
    case 'type':
      return `is ${sort(node)}; it takes ${either(branchWords([error.parentSchema]))}`;
    case 'anyOf':
    case 'oneOf':
      return `is ${sort(node)}; it takes ${either(branchWords(schema))}`;
    case 'format':
      return `takes ${formatWord(params['format'])}`;
    case 'pattern':
      return `is not right: it takes ${patternWords(error)}`;
    case 'not':
      return 'is not to be set here';
    case 'uniqueItems':
      return 'repeats an earlier item';
    default:
      return boundWords(keyword, params['limit'], node) ?? `is not right: it ${message}`;
  }
}

/** What a keyword says that has a limit. */
function boundWords(keyword: string, limit: unknown, node: Node): string | undefined {
  const takes = bounds.get(keyword);
  if (takes !== undefined) return `is ${sort(node)}; it takes ${takes} ${String(limit)}`;
  const what = lengths.get(keyword.replace(/^(min|max)/, ''));
  if (what === undefined) return undefined;
  if (keyword.startsWith('max')) return `is too long; it takes at most ${String(limit)} ${what}`;
  return limit === 1 ? 'is empty' : `is too short; it takes at least ${String(limit)} ${what}`;
}

const bounds: ReadonlyMap<string, string> = new Map([
  ['minimum', 'at least'],
  ['maximum', 'at most'],
  ['exclusiveMinimum', 'more than'],
  ['exclusiveMaximum', 'less than'],
]);

const lengths: ReadonlyMap<string, string> = new Map([
  ['Length', 'characters'],
  ['Items', 'items'],
  ['Properties', 'entries'],
]);

const types: ReadonlyMap<unknown, string> = new Map([
  ['string', 'a text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['object', 'a map'],
  ['array', 'a list'],
  ['null', 'null'],
]);

const formatWord = (format: unknown): string =>
  textForms[String(format)]?.expected ?? `a text of the form ${String(format)}`;

/** What a pattern asks for: in the words of its schema's `title`, or by itself; and its example. */
function patternWords({ parentSchema = {}, params }: ErrorObject): string {
  const { title, examples } = parentSchema;
  const asks = typeof title === 'string' ? title : `what matches ${String(params['pattern'])}`;
  return Array.isArray(examples) ? `${asks}, such as ${String(examples[0])}` : asks;
}

interface Branch extends FieldSchema {
  readonly const?: unknown;
  readonly format?: string;
}

/** What the alternatives of a schema take; one that names neither words nor a form nor a type has nothing to say. */
const branchWords = (schema: unknown): readonly string[] =>
  (schema as readonly Branch[]).flatMap(({ enum: words, const: only, format, type }) => {
    if (words) return words.map(word);
    if (only !== undefined) return [word(only)];
    if (format !== undefined) return [formatWord(format)];
    return [type].flat().flatMap((one) => types.get(one) ?? []);
  });

/** An allowed value as it is to be written. */
const word = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** What a value is, a number being shown. */
const sort = (node: Node): string =>
  node.type === 'scalar' && typeof node.value === 'number' ? String(node.value) : sortOf(node);

/** What a value says, a text in quotes. */
const written = (node: Node): string =>
  node.type === 'scalar' && typeof node.value === 'string'
    ? quote(node.value)
    : node.type === 'scalar' && node.value !== null
      ? String(node.value)
      : sortOf(node);
