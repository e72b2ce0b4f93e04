import type { ErrorObject } from 'ajv/dist/2020.js';
import { countOf } from '../../model/text/countOf.ts';
import type { FieldSchema } from '../../model/kind/schema.ts';
import { joinWithOr } from '../problems/problems.ts';
import { valueText } from '../yaml/valueText.ts';
import { textForms } from './textForms.ts';
import { typeName, textOf, type Node } from '../yaml/tree.ts';

/**
 * The message for a schema error, to follow the name of the field: what is wrong, and what is expected. Shows the value
 * unless it may be confidential.
 */
export function errorMessage(error: ErrorObject, node: Node): string {
  const { keyword, params, schema, message = '' } = error;
  const value = isConfidential(error) ? typeName(node) : valueText(node);
  switch (keyword) {
    case 'enum':
    case 'const':
      return `is ${value}; it takes ${joinWithOr([schema].flat().map(word))}`;
    case 'type':
      return `is ${value}; it takes ${joinWithOr(branchWords([error.parentSchema]))}`;
    case 'anyOf':
    case 'oneOf':
      return `is ${value}; it takes ${joinWithOr(branchWords(schema))}`;
    case 'format':
      return `is ${value}${formatWords(String(params['format']), node)}`;
    case 'pattern':
      return `is ${value}; it takes ${patternWords(error)}`;
    case 'maxDuration':
      return `is ${value}; it takes at most ${String(schema)}`;
    case 'not':
    case 'false schema':
      return `is ${value}, and must not be set here`;
    case 'discriminator':
      return `is ${value}; it takes ${joinWithOr(tagsOf(error))}`;
    case 'uniqueItems':
      return `repeats ${value}, an earlier item`;
    default:
      return boundWords(keyword, params['limit'], value) ?? `is ${value}: it ${message}`;
  }
}

/** Whether messages must not show the values of a field. */
const isConfidential = ({ parentSchema = {} }: ErrorObject): boolean => {
  const { writeOnly, secret, sensitive } = parentSchema as FieldSchema;
  return Boolean(writeOnly || secret || sensitive);
};

/** The message for a keyword with a limit, such as `minimum` or `maxItems`. */
function boundWords(keyword: string, limit: unknown, value: string): string | undefined {
  const comparison = bounds.get(keyword);
  if (comparison !== undefined) return `is ${value}; it takes ${comparison} ${String(limit)}`;
  const unit = lengths.get(keyword.replace(/^(min|max)/, ''));
  if (unit === undefined) return undefined;
  const [noun] = unit;
  const isText = noun === 'character';
  const count = countOf(Number(limit), ...unit);
  if (keyword.startsWith('max'))
    return `is ${isText ? value : 'too long'}; it takes at most ${count}`;
  if (limit === 1) return 'is empty';
  return `is ${isText ? value : 'too short'}; it takes at least ${count}`;
}

const bounds: ReadonlyMap<string, string> = new Map([
  ['minimum', 'at least'],
  ['maximum', 'at most'],
  ['exclusiveMinimum', 'more than'],
  ['exclusiveMaximum', 'less than'],
]);

const lengths: ReadonlyMap<string, readonly [noun: string, plural: string]> = new Map([
  ['Length', ['character', 'characters']],
  ['Items', ['item', 'items']],
  ['Properties', ['entry', 'entries']],
]);

const types: ReadonlyMap<unknown, string> = new Map([
  ['string', 'a string'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['object', 'a map'],
  ['array', 'a list'],
  ['null', 'null'],
]);

const formatWord = (format: string): string =>
  textForms[format]?.expected ?? `a string of the form ${format}`;

/** The problem with a text, if its format explains it; otherwise what the format expects. */
function formatWords(format: string, node: Node): string {
  const problem = textForms[format]?.problem?.(textOf(node) ?? '');
  return problem === undefined ? `; it takes ${formatWord(format)}` : `: ${problem}`;
}

/** The text that a pattern expects: the `title` of its schema or the pattern itself, and its example. */
function patternWords({ parentSchema = {}, params }: ErrorObject): string {
  const { title, examples } = parentSchema;
  const expected = typeof title === 'string' ? title : `what matches ${String(params['pattern'])}`;
  return Array.isArray(examples) ? `${expected}, such as ${String(examples[0])}` : expected;
}

interface Branch extends FieldSchema {
  readonly const?: unknown;
  readonly format?: string;
}

/** The values that the alternatives of a schema accept. One without values, format, and type adds nothing. */
const branchWords = (schema: unknown): readonly string[] =>
  (schema as readonly Branch[]).flatMap(({ enum: words, const: only, format, type, required }) => {
    if (required && !type) return [`a map with ${required.join(' and ')}`];
    if (words) return words.map(word);
    if (only !== undefined) return [word(only)];
    if (format !== undefined) return [formatWord(format)];
    return [type].flat().flatMap((jsonType) => types.get(jsonType) ?? []);
  });

/** The allowed values of a discriminator property; none for other errors. */
export function tagsOf({ keyword, parentSchema = {}, params }: ErrorObject): readonly string[] {
  const { oneOf = [] } = parentSchema as FieldSchema;
  if (keyword !== 'discriminator') return [];
  return oneOf.flatMap(({ properties }) =>
    (properties?.[String(params['tag'])]?.enum ?? []).map(word),
  );
}

/** An allowed value as written in YAML. */
const word = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
