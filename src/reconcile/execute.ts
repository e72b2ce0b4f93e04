import type { Api } from '../model/api.ts';
import { ApiError } from '../model/api.ts';
import type { Catalog, ResourceKind, Started } from '../model/kind.ts';
import type { Action, Member } from '../model/plan.ts';
import type { Address, Desired, Reference, Spec } from '../model/resource.ts';
import { addressOf } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Store } from '../model/store.ts';
import { isIgnored } from './compare.ts';
import { laidOver } from './partial.ts';
import { wantedPower } from './power.ts';
import { resolveLive } from './resolve.ts';
import { fieldsOf, isReference, isRelation, isWriteOnly, specOf, valueAt } from './spec.ts';
import type { DeclaredField } from './spec.ts';
import type { Values } from './writeOnly.ts';

/** What executing needs at hand. */
export interface ExecutionContext {
  readonly catalog: Catalog;
  readonly api: Api;
  readonly store: Store;
  readonly snapshot: Snapshot;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly values: Values;
  /** Live ids by address, as planned; creates add theirs. */
  readonly ids: Map<Address, string>;
  readonly now: () => Date;
}

/** What an action set going: the id of its resource, and the job to follow. */
export interface Executed extends Started {
  readonly id: string;
}

/**
 * Carries out one action, and remembers what it did. Names become ids here, at the last moment. A create is journalled before it
 * is sent, and closed by what its answer says; after a lost answer it stays open. Rejects with an `ApiError` when a write fails.
 */
export async function execute(action: Action, context: ExecutionContext): Promise<Executed> {
  const kind = kindOf(context, action.kind);
  const { api } = context;
  switch (action.verb) {
    case 'create':
      return create(action, kind, context);
    case 'update':
      return 'relation' in action
        ? changeMember(action, kind, context)
        : update(action, kind, context);
    case 'delete':
      return remove(action, kind, context);
    case 'start':
    case 'stop': {
      const id = idOf(action, context);
      const started = await required(kind.power, action)[action.verb](api, id);
      return { id, ...started };
    }
    case 'assign':
    case 'unassign':
      return changeMember(action, kind, context);
  }
}

type MemberAction = Extract<Action, { readonly relation: string }>;

/** Adds, changes or removes one member of a relation. */
async function changeMember(
  action: MemberAction,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const { api, store } = context;
  const id = idOf(action, context);
  const member = memberId(action.member, context);
  const relation = required(kind.relations?.[action.relation], action);
  if (action.verb === 'unassign') {
    await required(relation.unassign, action)(api, id, member);
    return { id };
  }
  const value = action.key === undefined ? undefined : mapValue(action, action.key, context);
  const write = action.verb === 'assign' ? relation.assign : required(relation.update, action);
  await write(api, id, member, value);
  const address = addressOf(action.kind, action.name);
  const path = `${action.relation}/${action.key}`;
  const read = context.values.get(address)?.get(path);
  if (read?.ok) await store.written([{ address, digests: { [path]: read.digest } }]);
  return { id };
}

/** The declared value of a map's member: its text where it is write-only, or its fields. */
function mapValue(action: MemberAction, key: string, context: ExecutionContext): unknown {
  const address = addressOf(action.kind, action.name);
  const read = context.values.get(address)?.get(`${action.relation}/${key}`);
  if (read?.ok) return read.text;
  if (read) throw new Error(`${address} was planned without its ${action.relation}/${key}`);
  const members = desiredAt(context, address).spec[action.relation] as Spec;
  const { fields } = action;
  return fields === undefined
    ? members[key]
    : Object.fromEntries(
        Object.entries(members[key] as Spec).filter(([field]) => fields.includes(field)),
      );
}

async function create(
  action: Extract<Action, { verb: 'create' }>,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const { api, store, now, ids } = context;
  const address = addressOf(action.kind, action.name);
  const desired = desiredAt(context, address);
  const fields = writableFields(kind, desired);
  const spec = {
    ...specFor(
      fields.filter(({ schema }) => !schema.updateOnly),
      desired,
      context,
    ),
    ...createdWith(kind, desired, context),
    ...Object.fromEntries(
      action.carries.map(({ field, member }) => [field, memberId(member, context)]),
    ),
  };
  await store.intend(address, { at: now().toISOString() });
  const created = await required(kind.create, action)(api, action.name, spec).catch(
    async (error: unknown) => {
      if (error instanceof ApiError && error.verdict !== 'uncertain') await store.forget(address);
      throw error;
    },
  );
  ids.set(address, created.id);
  await store.bind([
    {
      address,
      id: created.id,
      boundAt: now().toISOString(),
      created: true,
      protected: desired.lifecycle.preventDeletion,
    },
  ]);
  await remember(fields, desired, context);
  const later = fields.filter(({ schema }) => schema.updateOnly === true);
  if (later.length > 0)
    await required(kind.update, action)(api, created.id, specFor(later, desired, context), {
      name: action.name,
      desired: knownSpec(fields, desired, context),
      live: spec,
    });
  return created;
}

async function update(
  action: Extract<Action, { verb: 'update' }>,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const id = idOf(action, context);
  const desired = desiredAt(context, addressOf(action.kind, action.name));
  const live = context.snapshot.get(action.kind)?.byId.get(id)?.spec ?? {};
  const all = writableFields(kind, desired).map((field) => overLive(field, live, desired));
  const fields = all.filter(({ path }) => action.fields.includes(path));
  const changed = {
    ...(action.fields.includes('name') ? { name: action.name } : {}),
    ...specFor(fields, desired, context),
  };
  const started = await required(kind.update, action)(context.api, id, changed, {
    name: action.name,
    desired: knownSpec(kept(all, desired), desired, context),
    live,
  });
  await remember(fields, desired, context);
  return { id, ...started };
}

/** The fields that are kept as declared; of the ignored ones, only what cannot be read, since nothing live could stand for it. */
const kept = (fields: Fields, { lifecycle: { ignoreChanges } }: Desired): Fields =>
  fields.filter(({ path, schema }) => schema.writeOnly || !isIgnored(path, ignoreChanges));

async function remove(
  action: Action,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const id = required(action.resourceId, action);
  const address = addressOf(action.kind, action.name);
  const { store, api } = context;
  const at = context.now().toISOString();
  await store.deleting(address, at);
  const started = await required(kind.remove, action)(api, id).catch(async (error: unknown) => {
    if (error instanceof ApiError && error.verdict !== 'uncertain') await store.spared(address, at);
    throw error;
  });
  await store.deleted(address);
  return { id, ...started };
}

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

/** The declared fields that a call can carry. Power and relations have calls of their own. */
const writableFields = (kind: ResourceKind, desired: Desired) =>
  fieldsOf(kind.schema, desired.spec).filter(({ schema }) => !isRelation(schema));

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

type Fields = ReturnType<typeof writableFields>;

/** The fields as the API takes them: ids for references, text for what is write-only. Throws when one is not to be had. */
const specFor = (fields: Fields, desired: Desired, context: ExecutionContext): Spec =>
  specOf(
    fields.map((field) => {
      const value = plainValue(field, desired, context);
      if (value === undefined)
        throw new Error(`${desired.address} was planned without its ${field.path}`);
      return [field.path, value];
    }),
  );

/** What can be known of all that is wanted. */
const knownSpec = (fields: Fields, desired: Desired, context: ExecutionContext): Spec =>
  specOf(
    fields.flatMap((field) => {
      const value = plainValue(field, desired, context);
      return value === undefined ? [] : [[field.path, value] as const];
    }),
  );

/** A declared value in the API's terms; undefined where there is no id, or the secret cannot be read. */
function plainValue(
  { path, schema, value }: DeclaredField,
  desired: Desired,
  context: ExecutionContext,
): unknown {
  if (schema.timetable)
    return wantedPower(context.catalog.kinds.get(desired.kind)?.power, desired, context.now);
  if (schema.references && isReference(value)) return referredId(value, context);
  const read = context.values.get(desired.address)?.get(path);
  if (read === undefined) return isWriteOnly(value) && schema.writeOnly ? undefined : value;
  return read.ok ? read.text : undefined;
}

function referredId(
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

/** Keeps the digests of the write-only values that were just written. */
async function remember(
  fields: Fields,
  { address }: Desired,
  { values, store }: ExecutionContext,
): Promise<void> {
  const digests = fields.flatMap(({ path }) => {
    const value = values.get(address)?.get(path);
    return value?.ok ? [[path, value.digest] as const] : [];
  });
  if (digests.length > 0) await store.written([{ address, digests: Object.fromEntries(digests) }]);
}

const kindOf = ({ catalog }: ExecutionContext, name: string): ResourceKind => {
  const kind = catalog.kinds.get(name);
  if (!kind) throw new Error(`there is no kind ${name}`);
  return kind;
};

function desiredAt({ desired }: ExecutionContext, address: Address): Desired {
  const found = desired.get(address);
  if (!found) throw new Error(`${address} is not declared`);
  return found;
}

const idOf = (action: Action, { ids }: ExecutionContext): string =>
  required(action.resourceId ?? ids.get(addressOf(action.kind, action.name)), action);

const memberId = (member: Member, { ids }: ExecutionContext): string => {
  if ('id' in member) return member.id;
  const id = ids.get(member.address);
  if (id === undefined) throw new Error(`${member.address} was not created`);
  return id;
};

function required<Value>(value: Value | undefined, { id }: Action): Value {
  if (value === undefined) throw new Error(`${id} was planned, and cannot be done`);
  return value;
}
