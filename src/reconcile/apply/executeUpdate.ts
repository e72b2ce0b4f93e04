import { ApiError, type Api } from '../../model/api.ts';
import type { ResourceKind, Started } from '../../model/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Address, Desired, Spec } from '../../model/resource.ts';
import type { Obligation } from '../../model/store.ts';
import { isIgnored } from '../compare/compare.ts';
import { knownSpec, rememberWritten, specFor, writableFields } from './executeFields.ts';
import { desiredOf, idOf, required, type Executed, type ExecutionContext } from './execution.ts';
import { recordingObligation } from './obligations.ts';
import { laidOver } from '../compare/partialFields.ts';
import { valueAt, type DeclaredField } from '../compare/spec.ts';

type UpdateAction = Extract<Action, { readonly verb: 'update' }> & {
  readonly fields: readonly string[];
};

/** Writes the fields of a resource that an action names. */
export async function executeUpdate(
  action: UpdateAction,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const id = idOf(action, context);
  const desired = desiredOf(action, context);
  const live = context.snapshot.get(action.kind)?.byId.get(id)?.spec ?? {};
  const all = writableFields(kind, desired).map((field) => overLive(field, live, desired));
  const fields = all.filter(({ path }) => action.fields.includes(path));
  const changed = {
    ...(action.fields.includes('name') ? { name: action.name } : {}),
    ...specFor(fields, action, desired, context),
  };
  const update: Update = (api, values) =>
    required(kind.update, action, 'a call for it')(api, id, values, {
      name: action.name,
      desired: knownSpec(kept(all, desired), desired, context),
      live,
    });
  const switched = kind.switchedFor?.(changed, live);
  const started = switched
    ? await updateSwitched(desired.address, id, { changed, switched, update }, context)
    : await update(context.api, changed);
  await rememberWritten(
    desired,
    fields.map(({ path }) => path),
    context,
  );
  return { id, ...started, ...(switched ? { fulfilled: Object.keys(switched) } : {}) };
}

type Update = (api: Api, values: Spec) => Promise<Started>;

interface Switched {
  readonly changed: Spec;
  readonly switched: Obligation['fields'];
  readonly update: Update;
}

/**
 * Writes fields that the API takes only while others are switched. What is owed is durable before they are switched. When the API
 * certainly did not take the change, they are switched back at once; where that fails too, the next pass does it.
 */
async function updateSwitched(
  address: Address,
  id: string,
  { changed, switched, update }: Switched,
  { api, store, now, obligations }: ExecutionContext,
): Promise<Started> {
  const before = obligations.get(address);
  const owing = recordingObligation(store, now, { address, id, fields: switched, before });
  const owed = Object.fromEntries(Object.entries(switched).map(([path, one]) => [path, one.owed]));
  await update(api.observed(owing), temporariesOf(switched));
  try {
    return await update(api, { ...owed, ...changed });
  } catch (error) {
    if (
      error instanceof ApiError &&
      error.verdict !== 'uncertain' &&
      (await isDone(update(api, owed)))
    )
      await store.clearObligation(address, Object.keys(switched));
    throw error;
  }
}

/** Whether a write was taken. */
async function isDone(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

const temporariesOf = (switched: Obligation['fields']): Spec =>
  Object.fromEntries(
    Object.entries(switched).flatMap(([path, { temporary }]) =>
      temporary === undefined ? [] : [[path, temporary]],
    ),
  );

/** Writes back what Holdfast owes a resource, whose YAML may say nothing of it, or which may not be declared any more. */
export async function executeRestore(
  action: Action & { readonly restores: Spec },
  kind: ResourceKind,
  { api, snapshot }: ExecutionContext,
): Promise<Executed> {
  const { restores, name } = action;
  const id = required(action.resourceId, action, 'its id');
  const live = snapshot.get(action.kind)?.byId.get(id)?.spec ?? {};
  const update = required(kind.update, action, 'a call for it');
  const started = await update(api, id, restores, { name, desired: restores, live });
  return { id, ...started, fulfilled: Object.keys(restores) };
}

/** The fields that are kept as declared; of the ignored ones, only what cannot be read, since nothing live could stand for it. */
const kept = (
  fields: readonly DeclaredField[],
  { lifecycle: { ignoreChanges } }: Desired,
): readonly DeclaredField[] =>
  fields.filter(({ path, schema }) => schema.writeOnly || !isIgnored(path, ignoreChanges));

/** Of a partial object, what is not declared, or is to be ignored, is sent as it is. */
const overLive = (
  field: DeclaredField,
  live: Spec,
  { lifecycle: { ignoreChanges } }: Desired,
): DeclaredField =>
  field.schema.partial
    ? {
        ...field,
        value: laidOver(field.value, valueAt(live, field.path), field.path, (path) =>
          isIgnored(path, ignoreChanges),
        ),
      }
    : field;
