import type { ResourceKind } from '../../model/kind/kind.ts';
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

/** Creates a resource, and then updates the fields that the API accepts only in updates. */
export async function executeCreate(
  action: CreateAction,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const desired = desiredOf(action, context);
  const fields = writableFields(kind, desired);
  const spec = createdSpec(action, kind, fields, desired, context);
  const created = await createWithIntent(action, kind, spec, desired, context);
  await rememberWritten(
    desired,
    fields.map(({ path }) => path),
    context,
  );
  const updateOnly = fields.filter(({ schema }) => schema.updateOnly === true);
  if (updateOnly.length > 0)
    await required(kind.update, action, 'a function for its update')(
      context.api,
      created.id,
      specFor(updateOnly, action, desired, context),
      { name: action.name, desired: knownSpec(fields, desired, context), live: spec },
    );
  return created;
}

/**
 * The body of the create: fields, members of the resource's own relations, and memberships that the create can set for
 * other resources.
 */
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
  ...carriedMembers(kind, desired, context),
  ...Object.fromEntries(
    action.carries.map(({ field, member }) => [field, memberIdOf(action, member, context)]),
  ),
});

/** The members of the resource's own relations that its create carries. */
const carriedMembers = (kind: ResourceKind, desired: Desired, context: ExecutionContext): Spec =>
  Object.fromEntries(
    Object.entries(kind.relations ?? {}).flatMap(([name, relation]) => {
      const members = desired.spec[name];
      return relation.setByOwnCreate && Array.isArray(members)
        ? [[name, members.filter(isReference).map((member) => referredId(member, context))]]
        : [];
    }),
  );

/**
 * Records the intent, sends the create, and records the binding. The intent stays open if the create's outcome is
 * unknown.
 */
async function createWithIntent(
  action: CreateAction,
  kind: ResourceKind,
  spec: Spec,
  { address, lifecycle }: Desired,
  { api, store, now, ids }: ExecutionContext,
): Promise<Executed> {
  const create = required(kind.create, action, 'a function for it');
  const observed = api.withObserver(recordingIntent(store, now, address));
  const created = await create(observed, action.name, spec);
  const { id } = created;
  ids.set(address, id);
  const boundAt = now().toISOString();
  await store.bind([{ address, id, boundAt, created: true, protected: lifecycle.preventDeletion }]);
  return created;
}
