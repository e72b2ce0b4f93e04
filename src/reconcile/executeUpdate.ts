import type { ResourceKind } from '../model/kind.ts';
import type { Action } from '../model/plan.ts';
import type { Desired, Spec } from '../model/resource.ts';
import { isIgnored } from './compare.ts';
import { knownSpec, rememberWritten, specFor, writableFields } from './executeFields.ts';
import { desiredOf, idOf, required, type Executed, type ExecutionContext } from './execution.ts';
import { laidOver } from './partial.ts';
import { valueAt, type DeclaredField } from './spec.ts';

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
  const update = required(kind.update, action, 'a call for it');
  const started = await update(context.api, id, changed, {
    name: action.name,
    desired: knownSpec(kept(all, desired), desired, context),
    live,
  });
  await rememberWritten(
    desired,
    fields.map(({ path }) => path),
    context,
  );
  return { id, ...started };
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
