import { isDeepStrictEqual } from 'node:util';
import type { FieldSchema } from '../../model/schema.ts';
import type { Observed, Spec } from '../../model/resource.ts';
import type { Chosen } from './selectResources.ts';
import type { Refer } from './references.ts';

/** What stands in place of a value that the API never shows. */
const kept = { keep: true } as const;

/** What values are made from beside the live spec. */
export interface Sources {
  readonly refer: Refer;
  /** The members of a relation that the kind's list does not show. */
  readonly membersOf: (of: Chosen, relation: string) => readonly Observed[];
}

/**
 * The spec of a live resource as a person would write it: what is not set or has its default is left out, and so is what is said at
 * creation only, whether it runs, and what may be a secret. What must be said and is never shown is `{ keep: true }`.
 */
export function authoredSpec(of: Chosen, sources: Sources): Spec {
  const { schema, relations = {} } = of.kind;
  const spec: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.properties)) {
    const needed = schema.required?.includes(name) ?? false;
    if ((field.timetable || field.createOnly) && !needed) continue;
    const value = relations[name]
      ? relationValue(of, name, field, sources)
      : fieldValue(field, of.live.spec[name], needed, sources.refer);
    if (!isUnset(value, field, needed)) spec[name] = value;
  }
  return spec;
}

/** Whether saying it would say nothing. */
const isUnset = (value: unknown, { default: byDefault }: FieldSchema, needed: boolean): boolean =>
  value === undefined ||
  value === null ||
  (!needed && (isEmpty(value) || isDeepStrictEqual(value, byDefault)));

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function relationValue(
  of: Chosen,
  name: string,
  field: FieldSchema,
  { refer, membersOf }: Sources,
): unknown {
  const schema = annotated(field);
  if (field.relation === 'map') return mapValue(field, membersOf(of, name), refer);
  const shown = of.kind.relations?.[name]?.members
    ? membersOf(of, name).map(({ id }) => id)
    : of.live.spec[name];
  const nameOf = (id: unknown): unknown =>
    schema.references === undefined ? id : refer(schema, String(id));
  if (field.relation === 'one') return shown == null ? undefined : nameOf([shown].flat()[0]);
  return ((shown ?? []) as readonly unknown[])
    .map(nameOf)
    .filter((one) => one !== undefined)
    .toSorted((a, b) => (inOrder(a) < inOrder(b) ? -1 : 1));
}

/** The order of a set means nothing, so it is that of the names. */
const inOrder = (member: unknown): string =>
  typeof member === 'string' ? member : JSON.stringify(member);

function mapValue(field: FieldSchema, members: readonly Observed[], refer: Refer): Spec {
  const value = typeof field.additionalProperties === 'object' ? field.additionalProperties : {};
  return Object.fromEntries(
    members.map(({ name, spec }) => [name, fieldValue(value, spec, true, refer)]),
  );
}

/** Undefined where there is nothing to be said. */
function fieldValue(field: FieldSchema, live: unknown, needed: boolean, refer: Refer): unknown {
  const schema = annotated(field);
  if (schema.writeOnly || schema.secret) return needed ? kept : undefined;
  if (mayHoldSecret(schema)) return undefined;
  if (schema.references !== undefined) return referenceValue(schema, live, needed, refer);
  if (schema.properties && (live == null || isSpec(live)))
    return objectValue(schema, live ?? {}, needed, refer);
  return schema.partial ? withoutNulls(live) : live;
}

/** What must be named is named by its id, whatever lists show. */
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
    const must = required?.includes(name) ?? false;
    const inner = fieldValue(partial ? { ...field, partial } : field, live[name], must, refer);
    if (!isUnset(inner, field, must)) value[name] = inner;
  }
  if (additionalProperties !== false)
    for (const [name, more] of Object.entries(live))
      if (!(name in properties)) value[name] = partial ? withoutNulls(more) : more;
  return value;
}

/** Whether it is, or lists, what someone may have put a secret into: that does not go into YAML. */
const mayHoldSecret = (schema: FieldSchema): boolean =>
  schema.sensitive === true || (schema.items !== undefined && holdsSecrets(schema.items));

const holdsSecrets = (schema: FieldSchema): boolean =>
  mayHoldSecret(schema) || Object.values(schema.properties ?? {}).some(holdsSecrets);

/** The paths whose live values are not written, since they may be secrets: `config.env`. */
export function withheldFrom(schema: FieldSchema, live: unknown, path = ''): readonly string[] {
  if (live === undefined || live === null || isEmpty(live)) return [];
  if (mayHoldSecret(schema)) return [path];
  if (!isSpec(live)) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    withheldFrom(field, live[name], path === '' ? name : `${path}.${name}`),
  );
}

/** Where the API fills in the rest, null says nothing. */
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

/** Of a field that may be null, the alternative that says what it is. */
const annotated = (schema: FieldSchema): FieldSchema =>
  schema.anyOf?.find(
    ({ references, writeOnly, properties }) => references ?? writeOnly ?? properties,
  ) ?? (schema.items?.references ? { ...schema.items, ...schema } : schema);

/** Where `{ keep: true }` stands in a spec: `s3Config.secretAccessKey`. */
export function keptIn(value: unknown, path = ''): readonly string[] {
  if (value === kept) return [path];
  if (!isSpec(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    keptIn(inner, path === '' ? name : `${path}.${name}`),
  );
}
