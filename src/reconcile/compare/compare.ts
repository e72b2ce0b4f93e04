import type { FieldSchema, SpecSchema } from '../../model/kind/schema.ts';
import type { FieldChange } from '../../model/pass/plan.ts';
import {
  referenceText,
  type Desired,
  type Observed,
  type Reference,
} from '../../model/resource.ts';
import { differencesWithin, sameWhole } from './partialFields.ts';
import type { Resolution } from '../plan/matching/resolve.ts';
import { eachField, isReference, isRelation, isWriteOnly, valueAt } from './spec.ts';
import type { DeclaredField } from './spec.ts';

/** A declared field whose live value differs, and the obstacle to writing it, if any. */
export interface Difference extends FieldChange {
  readonly schema: FieldSchema;
  /** The differing parts of a partial object, for people. */
  readonly parts?: readonly FieldChange[];
  /** Why the field cannot be written. */
  readonly obstacle?: string;
}

/** The differing fields of one resource, and the declared fields that the API never returns. */
export interface Comparison {
  readonly differences: readonly Difference[];
  readonly unverifiable: readonly string[];
}

/** The knowledge that a comparison needs beside the two specs. */
export interface CompareContext {
  readonly resolve: (reference: Reference) => Resolution;
  /** The name of a live resource, or its id. */
  readonly nameOf: (kind: string, id: string) => string;
  /** Whether live resources of a kind have no names. */
  readonly isNameless: (kind: string) => boolean;
  /** Whether the kind's names are the API's own keys, so that a rename is impossible. */
  readonly hasFixedName: (kind: string) => boolean;
  /** Whether the write-only value at this path equals the one written last; undefined: unknown. */
  readonly isWritten: (desired: Desired, live: Observed, path: string) => boolean | undefined;
  /** Why the write-only value at this path cannot be read. */
  readonly unreadable: (desired: Desired, path: string) => string | undefined;
}

/**
 * Compares the declared fields with the live spec. Skips relations, power, create-only fields, and fields in
 * `lifecycle.ignoreChanges`.
 */
export function compare(
  schema: SpecSchema,
  desired: Desired,
  observed: Observed,
  context: CompareContext,
): Comparison {
  const differences: Difference[] = [];
  const unverifiable: string[] = [];
  const { ignoreChanges } = desired.lifecycle;
  eachField(schema, desired.spec, (path, field, value) => {
    if (field.timetable || isRelation(field)) return;
    if (ignoreChanges.length > 0 && isIgnored(path, ignoreChanges)) return;
    if (field.writeOnly || field.createOnly) unverifiable.push(path);
    const difference = differenceOf({ path, schema: field, value }, desired, observed, context);
    if (difference) differences.push(difference);
  });
  if (observed.name !== desired.name && !context.isNameless(desired.kind))
    differences.push(nameDifference(desired, observed, context));
  const { readOnlyReason } = observed;
  return {
    differences:
      readOnlyReason === undefined
        ? differences
        : differences.map((one) => ({ ...one, obstacle: readOnlyReason })),
    unverifiable,
  };
}

function nameDifference(
  { kind, name }: Desired,
  observed: Observed,
  { hasFixedName }: CompareContext,
): Difference {
  const schema = hasFixedName(kind) ? { immutable: true } : {};
  return {
    path: 'name',
    schema,
    desired: name,
    observed: observed.name,
    ...immutable('name', schema),
  };
}

/** Whether `ignoreChanges` names the path or a parent of it. */
export const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some((name) => path === name || path.startsWith(`${name}.`));

function differenceOf(
  field: DeclaredField,
  desired: Desired,
  observed: Observed,
  context: CompareContext,
): Difference | undefined {
  if (field.schema.createOnly) return undefined;
  if (field.schema.writeOnly) return writeOnlyDifference(field, desired, observed, context);
  const live = valueAt(observed.spec, field.path);
  return field.schema.references && isReference(field.value)
    ? referenceDifference(field, field.value, live, context)
    : valueDifference(field, live, desired.lifecycle.ignoreChanges);
}

function valueDifference(
  field: DeclaredField,
  live: unknown,
  ignoreChanges: readonly string[],
): Difference | undefined {
  const { path, schema, value } = field;
  if (schema.partial) return partialDifference(field, live, ignoreChanges);
  if (sameWhole(schema, value, live)) return undefined;
  const shrinks = schema.growOnly && Number(value) < Number(live);
  return {
    path,
    schema,
    desired: value,
    observed: live ?? null,
    ...(shrinks ? { obstacle: `${path} can only grow` } : immutable(path, schema)),
  };
}

function partialDifference(
  field: DeclaredField,
  live: unknown,
  ignoreChanges: readonly string[],
): Difference | undefined {
  const { path, schema, value } = field;
  const parts = differencesWithin(field, live, (part) => isIgnored(part, ignoreChanges));
  return parts.length === 0
    ? undefined
    : { path, schema, desired: value, observed: null, parts, ...immutable(path, schema) };
}

/** The differences for a report: partial objects part by part. */
export const changesOf = (differences: readonly Difference[]): readonly FieldChange[] =>
  differences.flatMap(
    ({ path, desired, observed, parts }) => parts ?? [{ path, desired, observed }],
  );

const immutable = (path: string, schema: FieldSchema): { obstacle?: string } =>
  schema.immutable ? { obstacle: `${path} is fixed at creation` } : {};

function referenceDifference(
  { path, schema }: DeclaredField,
  reference: Reference,
  live: unknown,
  { resolve, nameOf }: CompareContext,
): Difference | undefined {
  const resolution = resolve(reference);
  if (resolution.is === 'id' && resolution.id === live) return undefined;
  const because =
    resolution.is === 'unresolved' || resolution.is === 'invalid' ? resolution.because : undefined;
  return {
    path,
    schema,
    desired: referenceText(reference),
    observed: typeof live === 'string' ? nameOf(reference.kind, live) : null,
    ...(because === undefined ? immutable(path, schema) : { obstacle: because }),
  };
}

/**
 * A write-only value differs unless it is known to be the one written last. A field that is fixed at creation differs
 * only if the value is known to be another.
 */
function writeOnlyDifference(
  { path, schema, value }: DeclaredField,
  resource: Desired,
  live: Observed,
  { isWritten, unreadable }: CompareContext,
): Difference | undefined {
  if (isWriteOnly(value) && value.from === 'keep') return undefined;
  const obstacle = unreadable(resource, path);
  const written = isWritten(resource, live, path);
  if (obstacle === undefined && (written || (schema.immutable && written === undefined)))
    return undefined;
  return {
    path,
    schema,
    desired: displayValue(schema, value),
    observed: null,
    ...(obstacle === undefined ? immutable(path, schema) : { obstacle }),
  };
}

/** The display form of a declared value. Write-only values are never shown. */
export function displayValue(schema: FieldSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => displayValue(schema, one));
  if (schema.references && isReference(value)) return referenceText(value);
  if (schema.secret || (isWriteOnly(value) && value.from !== 'value' && value.from !== 'keep'))
    return '(secret)';
  return isWriteOnly(value) ? (value.from === 'keep' ? '(kept)' : '(text)') : value;
}
