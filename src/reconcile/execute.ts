import { ApiError } from '../model/api.ts';
import type { ResourceKind } from '../model/kind.ts';
import type { Action } from '../model/plan.ts';
import { addressOf } from '../model/resource.ts';
import { executeCreate } from './executeCreate.ts';
import { executeMember } from './executeMember.ts';
import { executeUpdate } from './executeUpdate.ts';
import { idOf, required, type Executed, type ExecutionContext } from './execution.ts';
import { kindOf } from './kindOf.ts';

/**
 * Carries out one action, and remembers what it did. Names become ids here, at the last moment. A create is journalled before it
 * is sent, and closed by what its answer says; after a lost answer it stays open. Rejects with an `ApiError` when a write fails.
 */
export async function execute(action: Action, context: ExecutionContext): Promise<Executed> {
  const kind = kindOf(context.catalog.kinds, action.kind);
  switch (action.verb) {
    case 'create':
      return executeCreate(action, kind, context);
    case 'update':
      return 'relation' in action
        ? executeMember(action, kind, context)
        : executeUpdate(action, kind, context);
    case 'delete':
      return remove(action, kind, context);
    case 'start':
    case 'stop': {
      const id = idOf(action, context);
      const started = await required(kind.power, action, 'a call for it')[action.verb](
        context.api,
        id,
      );
      return { id, ...started };
    }
    case 'assign':
    case 'unassign':
      return executeMember(action, kind, context);
  }
}

async function remove(
  action: Action,
  kind: ResourceKind,
  { store, api, now }: ExecutionContext,
): Promise<Executed> {
  const id = required(action.resourceId, action, 'its id');
  const address = addressOf(action.kind, action.name);
  const call = required(kind.remove, action, 'a call for it');
  const at = now().toISOString();
  await store.deleting(address, at);
  const started = await call(api, id).catch(async (error: unknown) => {
    if (error instanceof ApiError && error.verdict !== 'uncertain') await store.spared(address, at);
    throw error;
  });
  await store.deleted(address);
  return { id, ...started };
}
