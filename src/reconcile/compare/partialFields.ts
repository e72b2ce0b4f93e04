import { isDeepStrictEqual } from 'node:util';
import type { FieldSchema } from '../../model/kind/schema.ts';
import type { FieldChange } from '../../model/pass/plan.ts';
import { unknownValue } from '../../model/resource.ts';
import { isObject, partSchemaOf, type DeclaredField } from './spec.ts';

/** Whether a declared and a live value are equal, objects in every part. An unknown live value counts as equal. */
export function sameWhole(schema: FieldSchema, value: unknown, live: unknown): boolean {
  if (value === live || live === unknownValue) return true;
  if (typeof value === 'string' && typeof live === 'string')
    return schema.caseInsensitive === true && value.toLowerCase() === live.toLowerCase();
  return typeof value === 'object' && isDeepStrictEqual(value, live);
}

type IsIgnored = (path: string) => boolean;

/**
 * The differing parts of a partial object: `config.resources.replicas`. Lists of equal length are compared item by
 * item, others as a whole.
 */
export function differencesWithin(
  { path, schema, value }: DeclaredField,
  live: unknown,
  isIgnored: IsIgnored,
): readonly FieldChange[] {
  if (live === unknownValue || isIgnored(path)) return [];
  const parts = partsOf({ path, schema, value }, live);
  if (parts) return parts.flatMap(([part, there]) => differencesWithin(part, there, isIgnored));
  return sameWhole(schema, value, live)
    ? []
    : [{ path, desired: value, observed: seen(schema, live) ?? null }];
}

/** The declared parts of a value with their live counterparts; undefined for a value that is compared as a whole. */
function partsOf(
  { path, schema, value }: DeclaredField,
  live: unknown,
): readonly (readonly [DeclaredField, unknown])[] | undefined {
  if (isObject(value) && (isObject(live) || live === undefined || live === null))
    return Object.entries(value).map(([key, one]) => [
      { path: `${path}.${key}`, schema: partSchemaOf(schema, key), value: one },
      live?.[key],
    ]);
  if (Array.isArray(value) && Array.isArray(live) && value.length === live.length)
    return (value as readonly unknown[]).map((one, i) => [
      { path: `${path}[${i}]`, schema: schema.items ?? {}, value: one },
      (live as readonly unknown[])[i],
    ]);
  return undefined;
}

/** A live value without what reports must not show. */
function seen(schema: FieldSchema, live: unknown): unknown {
  if (live === undefined || live === null) return live;
  if (schema.sensitive) return '(hidden)';
  if (Array.isArray(live)) return live.map((one) => seen(schema.items ?? {}, one));
  return isObject(live)
    ? Object.fromEntries(
        Object.entries(live).map(([key, one]) => [key, seen(partSchemaOf(schema, key), one)]),
      )
    : live;
}

/** A live object overlaid with the declared one, except ignored parts that are live. Lists are taken as declared. */
export function laidOver(
  value: unknown,
  live: unknown,
  path: string,
  isIgnored: IsIgnored,
): unknown {
  if (live === undefined || live === null) return value;
  if (isIgnored(path)) return live;
  if (!isObject(value) || !isObject(live)) return value;
  const declared = Object.entries(value).map(([key, one]) => [
    key,
    laidOver(one, live[key], `${path}.${key}`, isIgnored),
  ]);
  return { ...live, ...Object.fromEntries(declared) };
}
