import { ApiError, type Api } from '../../model/api.ts';
import type { ResourceKind, Started } from '../../model/kind/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Address, Desired, Spec } from '../../model/resource.ts';
import type { Obligation } from '../../model/memory.ts';
import { isIgnored } from '../compare/compare.ts';
import { knownSpec, rememberWritten, specFor, writableFields } from './executeFields.ts';
import { desiredOf, idOf, required, type Executed, type ExecutionContext } from './execution.ts';
import { recordingObligation } from './obligations.ts';
import { laidOver } from '../compare/partialFields.ts';
import { valueAt, type DeclaredField } from '../compare/spec.ts';

type UpdateAction = Extract<Action, { readonly verb: 'update' }> & {
  readonly fields: readonly string[];
};

/** Updates the fields that an action names. Rejects with an `ApiError` if the update fails. */
export async function executeUpdate(
  action: UpdateAction,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const id = idOf(action, context);
  const desired = desiredOf(action, context);
  const live = context.snapshot.get(action.kind)?.byId.get(id)?.spec ?? {};
  const writable = writableFields(kind, desired).map((field) => mergedField(field, live, desired));
  const fields = writable.filter(({ path }) => action.fields.includes(path));
  const changed = {
    ...(action.fields.includes('name') ? { name: action.name } : {}),
    ...specFor(fields, action, desired, context),
  };
  const update: Update = (api, values) =>
    required(kind.update, action, 'a function for it')(api, id, values, {
      name: action.name,
      desired: knownSpec(managedFields(writable, desired), desired, context),
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
 * Updates fields that the API accepts only while other fields have a temporary value. The obligation to restore those
 * is durable before they are set. If the API certainly rejected the change, they are restored at once; if that fails
 * too, the next pass restores them.
 */
async function updateSwitched(
  address: Address,
  id: string,
  { changed, switched, update }: Switched,
  { api, store, now, obligations }: ExecutionContext,
): Promise<Started> {
  const before = obligations.get(address);
  const owing = recordingObligation(store, now, { address, id, fields: switched, before });
  const owed = Object.fromEntries(
    Object.entries(switched).map(([path, field]) => [path, field.owed]),
  );
  await update(api.withObserver(owing), temporariesOf(switched));
  try {
    return await update(api, { ...owed, ...changed });
  } catch (error) {
    if (
      error instanceof ApiError &&
      error.verdict !== 'uncertain' &&
      (await succeeds(update(api, owed)))
    )
      await store.clearObligation(address, Object.keys(switched));
    throw error;
  }
}

/** Whether a write succeeds. */
async function succeeds(write: Promise<unknown>): Promise<boolean> {
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

/**
 * Restores the fields that Holdfast owes a resource. Its YAML may not declare them, and it may not be declared itself.
 */
export async function executeRestore(
  action: Action & { readonly restores: Spec },
  kind: ResourceKind,
  { api, snapshot }: ExecutionContext,
): Promise<Executed> {
  const { restores, name } = action;
  const id = required(action.resourceId, action, 'its id');
  const live = snapshot.get(action.kind)?.byId.get(id)?.spec ?? {};
  const update = required(kind.update, action, 'a function for it');
  const started = await update(api, id, restores, { name, desired: restores, live });
  return { id, ...started, fulfilled: Object.keys(restores) };
}

/** The fields without the ignored ones. Ignored write-only fields stay: there is no live value to send instead. */
const managedFields = (
  fields: readonly DeclaredField[],
  { lifecycle: { ignoreChanges } }: Desired,
): readonly DeclaredField[] =>
  fields.filter(({ path, schema }) => schema.writeOnly || !isIgnored(path, ignoreChanges));

/**
 * The field with its value merged over the live one, if it is a partial object: undeclared and ignored parts keep their
 * live values.
 */
const mergedField = (
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
