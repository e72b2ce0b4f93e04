import type { ResourceKind } from '../../model/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import type { Desired, Spec } from '../../model/resource.ts';
import {
  knownSpec,
  referredId,
  rememberWritten,
  specFor,
  writableFields,
} from './executeFields.ts';
import {
  desiredOf,
  memberIdOf,
  required,
  type Executed,
  type ExecutionContext,
} from './execution.ts';
import { recordingIntent } from './intents.ts';
import { isReference, type DeclaredField } from '../compare/spec.ts';

type CreateAction = Extract<Action, { readonly verb: 'create' }>;

/** Creates a resource, and writes at once what the API takes in updates only. */
export async function executeCreate(
  action: CreateAction,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const desired = desiredOf(action, context);
  const fields = writableFields(kind, desired);
  const spec = createdSpec(action, kind, fields, desired, context);
  const created = await journalled(action, kind, spec, desired, context);
  await rememberWritten(
    desired,
    fields.map(({ path }) => path),
    context,
  );
  const later = fields.filter(({ schema }) => schema.updateOnly === true);
  if (later.length > 0)
    await required(kind.update, action, 'a call for what follows it')(
      context.api,
      created.id,
      specFor(later, action, desired, context),
      { name: action.name, desired: knownSpec(fields, desired, context), live: spec },
    );
  return created;
}

/** What the create call carries: fields, the members of relations that it can carry, and what relations of others say. */
const createdSpec = (
  action: CreateAction,
  kind: ResourceKind,
  fields: readonly DeclaredField[],
  desired: Desired,
  context: ExecutionContext,
): Spec => ({
  ...specFor(
    fields.filter(({ schema }) => !schema.updateOnly),
    action,
    desired,
    context,
  ),
  ...createdWith(kind, desired, context),
  ...Object.fromEntries(
    action.carries.map(({ field, member }) => [field, memberIdOf(action, member, context)]),
  ),
});

/** The members of relations that the create call itself carries. */
const createdWith = (kind: ResourceKind, desired: Desired, context: ExecutionContext): Spec =>
  Object.fromEntries(
    Object.entries(kind.relations ?? {}).flatMap(([name, relation]) => {
      const members = desired.spec[name];
      return relation.createdWith && Array.isArray(members)
        ? [[name, members.filter(isReference).map((member) => referredId(member, context))]]
        : [];
    }),
  );

/** Sends the create between its intent and its binding: the intent stays open where it is not known whether it happened. */
async function journalled(
  action: CreateAction,
  kind: ResourceKind,
  spec: Spec,
  { address, lifecycle }: Desired,
  { api, store, now, ids }: ExecutionContext,
): Promise<Executed> {
  const create = required(kind.create, action, 'a call for it');
  const observed = api.observed(recordingIntent(store, now, address));
  const created = await create(observed, action.name, spec);
  const { id } = created;
  ids.set(address, id);
  const boundAt = now().toISOString();
  await store.bind([{ address, id, boundAt, created: true, protected: lifecycle.preventDeletion }]);
  return created;
}
