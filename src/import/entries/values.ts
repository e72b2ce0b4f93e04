import { isDeepStrictEqual } from 'node:util';
import type { FieldSchema } from '../../model/kind/schema.ts';
import { fieldsWithin } from '../../model/kind/subschemas.ts';
import type { Observed, Spec } from '../../model/resource.ts';
import type { SelectedResource } from './team.ts';
import type { Refer } from './references.ts';

/** The placeholder for a value that the API never shows. */
const keepPlaceholder = { keep: true } as const;

/** The sources of values, in addition to the live spec. */
export interface Sources {
  readonly refer: Refer;
  /** The members of a relation that is listed separately. */
  readonly membersOf: (of: SelectedResource, relation: string) => readonly Observed[];
}

/**
 * The spec of a live resource as a person would write it. Omits fields that are unset or have their default, that apply
 * only at creation, that declare whether a machine runs, or that may hold a secret. A required value that the API never
 * shows becomes `{ keep: true }`.
 */
export function authoredSpec(resource: SelectedResource, sources: Sources): Spec {
  const { schema, relations = {} } = resource.kind;
  const spec: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.properties)) {
    const needed = schema.required?.includes(name) ?? false;
    if ((field.timetable || field.createOnly) && !needed) continue;
    const value = relations[name]
      ? relationValue(resource, name, field, sources)
      : fieldValue(field, resource.live.spec[name], needed, sources.refer);
    if (!isUnset(value, field, needed)) spec[name] = value;
  }
  return spec;
}

/** Whether the value may be omitted without changing the meaning. */
const isUnset = (
  value: unknown,
  { default: defaultValue }: FieldSchema,
  isRequired: boolean,
): boolean =>
  value === undefined ||
  value === null ||
  (!isRequired && (isEmpty(value) || isDeepStrictEqual(value, defaultValue)));

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function relationValue(
  resource: SelectedResource,
  name: string,
  field: FieldSchema,
  { refer, membersOf }: Sources,
): unknown {
  const schema = annotated(field);
  if (field.relation === 'map') return mapValue(field, membersOf(resource, name), refer);
  const memberIds = resource.kind.relations?.[name]?.members
    ? membersOf(resource, name).map(({ id }) => id)
    : resource.live.spec[name];
  const nameOf = (id: unknown): unknown =>
    schema.references === undefined ? id : refer(schema, String(id));
  if (field.relation === 'one')
    return memberIds == null ? undefined : nameOf([memberIds].flat()[0]);
  return ((memberIds ?? []) as readonly unknown[])
    .map(nameOf)
    .filter((member) => member !== undefined)
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

/** Members are sorted by name, because the order of a set has no meaning. */
const sortKey = (member: unknown): string =>
  typeof member === 'string' ? member : JSON.stringify(member);

function mapValue(field: FieldSchema, members: readonly Observed[], refer: Refer): Spec {
  const value = typeof field.additionalProperties === 'object' ? field.additionalProperties : {};
  return Object.fromEntries(
    members.map(({ name, spec }) => [name, fieldValue(value, spec, true, refer)]),
  );
}

/**
 * The live value of a field that is no relation, as a person would write it; undefined if it cannot be written: it may
 * be a secret, or refers to nothing that is listed.
 */
export const authoredValue = (field: FieldSchema, live: unknown, refer: Refer): unknown =>
  fieldValue(field, live, true, refer);

/** The value of a field for YAML; undefined if it is to be omitted. */
function fieldValue(field: FieldSchema, live: unknown, needed: boolean, refer: Refer): unknown {
  const schema = annotated(field);
  if (schema.writeOnly || schema.secret) return needed ? keepPlaceholder : undefined;
  if (mayHoldSecret(schema)) return undefined;
  if (schema.references !== undefined) return referenceValue(schema, live, needed, refer);
  if (schema.properties && (live == null || isSpec(live)))
    return objectValue(schema, live ?? {}, needed, refer);
  return schema.partial ? withoutNulls(live) : live;
}

/** A reference for YAML. A required one falls back to the id, whatever lists show. */
function referenceValue(
  schema: FieldSchema,
  live: unknown,
  needed: boolean,
  refer: Refer,
): unknown {
  if (live == null) return undefined;
  if (Array.isArray(live)) return live.map((id) => refer(schema, String(id)) ?? { id });
  if (typeof live !== 'string') return undefined;
  return refer(schema, live) ?? (needed ? { id: live } : undefined);
}

function objectValue(schema: FieldSchema, live: Spec, needed: boolean, refer: Refer): unknown {
  const { properties = {}, required, additionalProperties, partial } = schema;
  const value: Record<string, unknown> = {};
  if (Object.keys(live).length === 0 && !needed) return undefined;
  for (const [name, field] of Object.entries(properties)) {
    if ('not' in field) continue;
    const isRequiredField = required?.includes(name) ?? false;
    const inner = fieldValue(
      partial ? { ...field, partial } : field,
      live[name],
      isRequiredField,
      refer,
    );
    if (!isUnset(inner, field, isRequiredField)) value[name] = inner;
  }
  if (additionalProperties !== false)
    for (const [name, extra] of Object.entries(live))
      if (!(name in properties)) value[name] = partial ? withoutNulls(extra) : extra;
  return value;
}

/** Whether a field, or an item of its list, may hold a secret. Such values are not written to YAML. */
export const mayHoldSecret = (schema: FieldSchema): boolean =>
  isSensitive(schema) ||
  (schema.items !== undefined &&
    [schema.items, ...fieldsWithin(schema.items).map((field) => field.schema)].some(isSensitive));

const isSensitive = ({ sensitive }: FieldSchema): boolean => sensitive === true;

/** The paths whose live values are not written because they may be secrets, such as `config.env`. */
export function withheldFrom(schema: FieldSchema, live: unknown, path = ''): readonly string[] {
  if (live === undefined || live === null || isEmpty(live)) return [];
  if (mayHoldSecret(schema)) return [path];
  if (!isSpec(live)) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    withheldFrom(field, live[name], path === '' ? name : `${path}.${name}`),
  );
}

/** Removes nulls. In a partial object they mean only that the API filled in nothing. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isSpec(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner != null)
      .map(([name, inner]) => [name, withoutNulls(inner)]),
  );
}

const isSpec = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The alternative of a nullable field that carries the annotations. */
const annotated = (schema: FieldSchema): FieldSchema =>
  schema.anyOf?.find(
    ({ references, writeOnly, properties }) => references ?? writeOnly ?? properties,
  ) ?? (schema.items?.references ? { ...schema.items, ...schema } : schema);

/** The paths of `{ keep: true }` in a spec, such as `s3Config.secretAccessKey`. */
export function keptIn(value: unknown, path = ''): readonly string[] {
  if (value === keepPlaceholder) return [path];
  if (!isSpec(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    keptIn(inner, path === '' ? name : `${path}.${name}`),
  );
}
