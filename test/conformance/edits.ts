import { isDeepStrictEqual } from 'node:util';
import type { ResourceKind } from '../../src/model/kind/kind.ts';
import type { FieldSchema } from '../../src/model/kind/schema.ts';
import type { Desired, Spec } from '../../src/model/resource.ts';
import { catalog } from '../support/team.ts';
import { isObject, kinds, valueAt } from './examples.ts';

/** A field of a kind's schema. */
export interface Field {
  readonly title: string;
  readonly kind: string;
  /** The path in the spec. */
  readonly path: readonly string[];
  readonly schema: FieldSchema;
  readonly isRequired: boolean;
  /** The path in messages. */
  readonly pathText: string;
}

/** Another value of a field, in a resource that may have it. */
export interface Edit extends Field {
  /** The name of the resource. */
  readonly name: string;
  /** The other value. */
  readonly other: unknown;
  /** Of a secret: the environment variable that holds it, whose value changes. */
  readonly variable?: string;
  /** Fields that must be edited with it. */
  readonly partners: Spec;
}

function within(kind: string, schema: FieldSchema, path: readonly string[]): readonly Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const fieldPath = [...path, key];
    const pathText = fieldPath.join('.');
    if (field.relation || canNeverBeSet(field)) return [];
    if (isTakenApart(field)) return within(kind, field, fieldPath);
    const isRequired = schema.required?.includes(key) ?? false;
    return [
      { title: `${kind}.${pathText}`, kind, path: fieldPath, schema: field, isRequired, pathText },
    ];
  });
}

const canNeverBeSet = (field: FieldSchema): boolean => 'not' in field;

/**
 * Whether the properties of an object are edited one by one. An object of several forms is edited as a whole, since
 * each form has fields of its own.
 */
const isTakenApart = ({ properties = {}, references, oneOf }: FieldSchema): boolean =>
  !references && !oneOf && Object.keys(properties).length > 0;

/** The fields of all kinds except relations, with the properties of objects one by one. */
export const allFields: readonly Field[] = kinds.flatMap(({ name, schema }) =>
  within(name, schema, []),
);

/** Fields that must be edited together, and why. */
const editedWith: Readonly<Record<string, { readonly fields: Spec; readonly because: string }>> = {
  'machines.autoSnapshotEnabled': {
    fields: { autoSnapshotFrequency: 'daily', autoSnapshotSaveCount: 3 },
    because: 'enabling needs frequency and count (FACTS 3.1)',
  },
};

/**
 * Returns each field with another value, in the first resource of its kind that may have one, and the fields without
 * another value, with what to add.
 */
export function editsOf(team: readonly Desired[]): {
  readonly edits: readonly Edit[];
  readonly missing: readonly string[];
} {
  const edits: Edit[] = [];
  const missing: string[] = [];
  for (const field of allFields) {
    if (field.schema.timetable || hasOneValue(field)) continue;
    const sets = ({ spec }: Desired): boolean => valueAt(spec, field.path) !== undefined;
    const own = team.filter(({ kind }) => kind === field.kind);
    const edit = [...own.filter(sets), ...own.filter((one) => !sets(one))]
      .map((one) => editIn(one, field, team))
      .find((one) => one !== undefined);
    if (edit) edits.push(edit);
    else
      missing.push(
        `${field.title}: there is no other value for it; set it in an example of the kind, or give its schema \`examples\``,
      );
  }
  return { edits, missing };
}

/** Whether a field is required and has only one possible value, so that it cannot be edited. */
const hasOneValue = ({ schema, isRequired }: Field): boolean =>
  isRequired && schema.enum?.length === 1;

function editIn(one: Desired, field: Field, team: readonly Desired[]): Edit | undefined {
  const { spec, name } = one;
  if (!isObject(valueAt(spec, field.path.slice(0, -1)))) return undefined;
  const value = valueAt(spec, field.path);
  const partners = editedWith[field.title]?.fields ?? {};
  if (isObject(value) && value['from'] === 'env')
    return { ...field, name, other: value, variable: String(value['name']), partners };
  const kind = namedBy(one, field, value);
  const other =
    kind === undefined
      ? value === undefined
        ? newValue(field.schema)
        : otherValue(field.schema, value)
      : another(kind, value, field.schema, team);
  return other === undefined ? undefined : { ...field, name, other, partners };
}

/** Returns the kind that a field names, as a reference or in free text. */
function namedBy({ kind, spec }: Desired, { schema }: Field, value: unknown): string | undefined {
  const mentions = (catalog.kinds.get(kind) as ResourceKind).softReferences?.(spec) ?? [];
  return schema.references ?? mentions.find(({ name }) => name === value)?.kind;
}

/**
 * Returns another resource of a kind in the form of the field: the last one, which is the spare one if there is one.
 */
function another(
  kind: string,
  value: unknown,
  { references }: FieldSchema,
  team: readonly Desired[],
): unknown {
  const taken = isObject(value) ? value['name'] : value;
  const other = team.findLast((one) => one.kind === kind && one.name !== taken)?.name;
  return other === undefined || references === undefined
    ? other
    : { by: 'declared', kind, name: other };
}

/**
 * Returns a new value for a field that is not set: a field that is not declared is null, off, or empty in the live
 * team.
 */
function newValue(schema: FieldSchema & { minimum?: number; pattern?: string; format?: string }) {
  const choices = schema.enum ?? schema.examples;
  const value = choices?.[0] ?? plainValue(schema);
  return value !== undefined && schema.writeOnly ? { from: 'value', value } : value;
}

function plainValue(schema: FieldSchema & { minimum?: number; pattern?: string; format?: string }) {
  if (schema.type === 'boolean') return schema.default !== true;
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  const isAnyText = schema.type === 'string' && !schema.pattern && !schema.format && !schema.secret;
  return isAnyText ? 'edited' : undefined;
}

/** Returns another value of a field; undefined if there is none. */
export function otherValue(schema: FieldSchema, value: unknown): unknown {
  if (isObject(value) && value['from'] === 'value') {
    const text = otherValue(schema, value['value']);
    return text === undefined ? undefined : { from: 'value', value: text };
  }
  const choices = schema.enum ?? schema.examples;
  if (choices) return otherChoice(choices, value, schema.growOnly === true);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number')
    return value < (schema.maximum ?? Infinity) ? value + 1 : value - 1;
  if (typeof value === 'string') return `${value}2`;
  if (Array.isArray(value)) return [otherValue(schema.items ?? {}, value[0]), ...value.slice(1)];
  if (isObject(value)) {
    const [key, inner] = Object.entries(value).find(([, one]) => typeof one !== 'object') ?? [];
    return key === undefined
      ? { ...value, edited: true }
      : { ...value, [key]: otherValue(schema.properties?.[key] ?? {}, inner) };
  }
  return undefined;
}

/** Returns the next choice, or else a previous one. A choice that the value already expresses does not count. */
function otherChoice(choices: readonly unknown[], value: unknown, growOnly: boolean): unknown {
  const at = choices.findIndex((one) => isDeepStrictEqual(one, value));
  const before = growOnly ? [] : choices.slice(0, Math.max(0, at));
  return [...choices.slice(at + 1), ...before].find((one) => !says(value, one));
}

const says = (value: unknown, part: unknown): boolean =>
  isObject(value) && isObject(part)
    ? Object.entries(part).every(([key, inner]) => says(value[key], inner))
    : isDeepStrictEqual(value, part);
