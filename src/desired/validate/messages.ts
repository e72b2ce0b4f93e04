import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FieldSchema } from '../../model/schema.ts';
import { either } from '../problems/problems.ts';
import { valueText } from '../yaml/valueText.ts';
import { textForms } from './textForms.ts';
import { sortOf, textOf, type Node } from '../yaml/tree.ts';

/**
 * What is wrong with a value and what is expected in its place, to follow the name of its field. It names the value, unless that may be
 * confidential.
 */
export function wordsFor(error: ErrorObject, node: Node): string {
  const { keyword, params, schema, message = '' } = error;
  const value = isConfidential(error) ? sortOf(node) : valueText(node);
  switch (keyword) {
    case 'enum':
    case 'const':
      return `is ${value}; it takes ${either([schema].flat().map(word))}`;
    case 'type':
      return `is ${value}; it takes ${either(branchWords([error.parentSchema]))}`;
    case 'anyOf':
    case 'oneOf':
      return `is ${value}; it takes ${either(branchWords(schema))}`;
    case 'format':
      return `is ${value}${formatWords(String(params['format']), node)}`;
    case 'pattern':
      return `is ${value}; it takes ${patternWords(error)}`;
    case 'longest':
      return `is ${value}; it takes at most ${String(schema)}`;
    case 'not':
    case 'false schema':
      return `is ${value}, and is not to be set here`;
    case 'discriminator':
      return `is ${value}; it takes ${either(tagsOf(error))}`;
    case 'uniqueItems':
      return `repeats ${value}, an earlier item`;
    default:
      return boundWords(keyword, params['limit'], value) ?? `is ${value}: it ${message}`;
  }
}

/** Whether a field takes values that no message may repeat. */
const isConfidential = ({ parentSchema = {} }: ErrorObject): boolean => {
  const { writeOnly, secret, sensitive } = parentSchema as FieldSchema;
  return Boolean(writeOnly || secret || sensitive);
};

/** What a keyword says that has a limit. */
function boundWords(keyword: string, limit: unknown, value: string): string | undefined {
  const takes = bounds.get(keyword);
  if (takes !== undefined) return `is ${value}; it takes ${takes} ${String(limit)}`;
  const what = lengths.get(keyword.replace(/^(min|max)/, ''));
  if (what === undefined) return undefined;
  const isText = what === 'characters';
  if (keyword.startsWith('max'))
    return `is ${isText ? value : 'too long'}; it takes at most ${String(limit)} ${what}`;
  if (limit === 1) return 'is empty';
  return `is ${isText ? value : 'too short'}; it takes at least ${String(limit)} ${what}`;
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

const formatWord = (format: string): string =>
  textForms[format]?.expected ?? `a text of the form ${format}`;

/** What is wrong with a text, where its form can tell, or else what the form is. */
function formatWords(format: string, node: Node): string {
  const problem = textForms[format]?.problem?.(textOf(node) ?? '');
  return problem === undefined ? `; it takes ${formatWord(format)}` : `: ${problem}`;
}

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
  (schema as readonly Branch[]).flatMap(({ enum: words, const: only, format, type, required }) => {
    if (required && !type) return [`a map with ${required.join(' and ')}`];
    if (words) return words.map(word);
    if (only !== undefined) return [word(only)];
    if (format !== undefined) return [formatWord(format)];
    return [type].flat().flatMap((one) => types.get(one) ?? []);
  });

/** The words that the property takes which tells alternatives apart; none where it is not that. */
export function tagsOf({ keyword, parentSchema = {}, params }: ErrorObject): readonly string[] {
  const { oneOf = [] } = parentSchema as FieldSchema;
  if (keyword !== 'discriminator') return [];
  return oneOf.flatMap(({ properties }) =>
    (properties?.[String(params['tag'])]?.enum ?? []).map(word),
  );
}

/** An allowed value as it is to be written. */
const word = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
