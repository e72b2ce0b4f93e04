import type { ResourceKind } from '../../model/kind/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Desired, Reference, Spec } from '../../model/resource.ts';
import { addressOf } from '../../model/resource.ts';
import { required, type ExecutionContext } from './execution.ts';
import { kindOf } from '../kindOf.ts';
import { createTimetables } from '../../model/time/timetable.ts';
import { wantedPower } from '../plan/power/power.ts';
import { resolveLive } from '../plan/matching/resolve.ts';
import {
  fieldsOf,
  isReference,
  isRelation,
  isWriteOnly,
  specOf,
  type DeclaredField,
} from '../compare/spec.ts';
import type { ReadValue } from '../compare/writeOnly.ts';

/** The declared fields that a create or an update can carry: all but relations, which have calls of their own. */
export const writableFields = (kind: ResourceKind, desired: Desired): readonly DeclaredField[] =>
  fieldsOf(kind.schema, desired.spec).filter(({ schema }) => !isRelation(schema));

/**
 * The fields in the API's terms: ids for references, text for write-only values. Throws if one has no value: that is a
 * bug in the plan.
 */
export const specFor = (
  fields: readonly DeclaredField[],
  action: Action,
  desired: Desired,
  context: ExecutionContext,
): Spec =>
  specOf(
    fields.map((field) => [
      field.path,
      required(plainValue(field, desired, context), action, `its ${field.path}`),
    ]),
  );

/** Like `specFor`, without the fields that have no value. */
export const knownSpec = (
  fields: readonly DeclaredField[],
  desired: Desired,
  context: ExecutionContext,
): Spec =>
  specOf(
    fields.flatMap((field) => {
      const value = plainValue(field, desired, context);
      return value === undefined ? [] : [[field.path, value] as const];
    }),
  );

/** A declared value in the API's terms; undefined if the reference has no id, or the secret cannot be read. */
function plainValue(
  { path, schema, value }: DeclaredField,
  desired: Desired,
  context: ExecutionContext,
): unknown {
  if (schema.timetable)
    return wantedPower(kindOf(context.catalog.kinds, desired.kind).power, desired, {
      now: context.now(),
      timetables: createTimetables(),
      wakes: context.wakes,
    });
  if (schema.references && isReference(value)) return referredId(value, context);
  const read = context.values.get(desired.address)?.get(path);
  if (read) return textIn(read);
  if (isWriteOnly(value) && schema.writeOnly) return undefined;
  return context.spellings.ofValue(value, schema, { kind: desired.kind, path });
}

/** The text of a write-only value; undefined if it cannot be read. */
export const textIn = (read: ReadValue): string | undefined => (read.ok ? read.text : undefined);

/** The live id of a reference, which may be a resource that this pass has created; undefined if it has none. */
export function referredId(
  reference: Reference,
  { catalog, snapshot, ids }: ExecutionContext,
): string | undefined {
  switch (reference.by) {
    case 'id':
      return reference.id;
    case 'declared':
      return ids.get(addressOf(reference.kind, reference.name));
    case 'live': {
      const resolution = resolveLive(catalog, snapshot, reference.kind, reference.name);
      return resolution.is === 'id' ? resolution.id : undefined;
    }
  }
}

/** Stores the digests of the write-only values at these paths, which were just written. */
export async function rememberWritten(
  { address }: Desired,
  paths: readonly string[],
  { values, store }: ExecutionContext,
): Promise<void> {
  const digests = paths.flatMap((path) => {
    const value = values.get(address)?.get(path);
    return value?.ok ? [[path, value.digest] as const] : [];
  });
  if (digests.length > 0)
    await store.saveDigests([{ address, digests: Object.fromEntries(digests) }]);
}
