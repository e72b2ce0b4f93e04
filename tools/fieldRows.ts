import type { Catalog } from '../src/model/kind/kind.ts';
import type { FieldSchema } from '../src/model/kind/schema.ts';
import { fieldsWithin, itemStep, valueStep } from '../src/model/kind/subschemas.ts';

/** A field of a kind, as a row of its page. */
export interface FieldRow {
  readonly path: string;
  readonly field: FieldSchema;
  readonly isRequired: boolean;
}

/**
 * Lists the fields of a schema, with nested fields by their path: `s3Config.bucket`, `env[].name`,
 * `versions.NAME.message`.
 */
export const fieldRows = (whole: FieldSchema): readonly FieldRow[] =>
  fieldsWithin(whole)
    .filter(({ schema }) => !('not' in schema))
    .map(({ path, schema, isRequired }) => ({ path: pathText(path), field: schema, isRequired }));

const pathText = (path: readonly string[]): string =>
  path
    .map((step) => (step === valueStep ? 'NAME' : step))
    .join('.')
    .replaceAll(`.${itemStep}`, itemStep);

/** Describes the values that a field accepts. */
export function typeOf(field: FieldSchema, catalog: Catalog): string {
  if (field.timetable)
    return '`running`, `off` or `{ running: TIMES, timezone: ZONE, except: [DAYS] }`';
  const { references } = field;
  if (references !== undefined && field.relation !== 'map')
    return referenceType(field, references, catalog);
  if (field.secret) return '`{ env: }`, `{ file: }`, `{ sops:, key: }` or `{ from:, key: }`';
  if (field.enum) return field.enum.map((value) => code(value)).join(', ');
  if (field.writeOnly) return 'text, `{ file: }` or `{ env: }`';
  if (field.anyOf) return field.anyOf.map((branch) => typeOf(branch, catalog)).join(' or ');
  return plainType(field, catalog);
}

function referenceType(field: FieldSchema, kind: string, catalog: Catalog): string {
  const target = catalog.kinds.has(kind) ? `[${kind}](${kind}.md)` : `\`${kind}\``;
  const forms = Object.keys(field.referencesBy ?? {}).map((key) => `, \`{ ${key}: NAME }\``);
  if (field.type === 'array') return `list of names of ${target}`;
  return `name of one of ${target}${forms.join('')}${field.anyOf ? ' or null' : ''}`;
}

function plainType(field: FieldSchema, catalog: Catalog): string {
  const members = field.additionalProperties;
  switch (field.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `whole number${bounds(field)}`;
    case 'number':
      return `number${bounds(field)}`;
    case 'array':
      return field.items ? `list: ${typeOf(field.items, catalog)}` : 'list';
    case 'object':
      return typeof members === 'object' ? `map: NAME → ${typeOf(members, catalog)}` : 'map';
    case 'null':
      return 'null';
    case undefined:
    default:
      return formatOf(field);
  }
}

interface Bounded extends FieldSchema {
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly format?: string;
}

function bounds({ minimum, exclusiveMinimum, maximum }: Bounded): string {
  const words = [
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`over ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`to ${maximum}`]),
  ];
  return words.length === 0 ? '' : `, ${words.join(' ')}`;
}

const formatOf = ({ format }: Bounded): string =>
  format === undefined ? 'text' : `text (${format})`;

/** Formats a value as in YAML. */
export const code = (value: unknown): string =>
  `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** Formats a row of a Markdown table. */
export const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

/** Formats a Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
