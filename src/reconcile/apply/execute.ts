import { ApiError } from '../../model/api.ts';
import type { ResourceKind } from '../../model/kind/kind.ts';
import type { Action } from '../../model/pass/plan.ts';
import { addressOf, type Observed } from '../../model/resource.ts';
import { executeCreate } from './executeCreate.ts';
import { executeMember } from './executeMember.ts';
import { executeRestore, executeUpdate } from './executeUpdate.ts';
import { idOf, required, type Executed, type ExecutionContext } from './execution.ts';
import { recordingDeletion } from './intents.ts';
import { kindOf } from '../kindOf.ts';
import { recordingObligation } from './obligations.ts';
import { toObserved } from '../observe/observe.ts';
import { powerOf, type PowerState } from '../plan/power/power.ts';

/**
 * Runs one action, and records in the store what it did. Names become ids here, at the last moment. The intent of a
 * create is durable before the request is sent, and stays open if the response is lost. Rejects with an `ApiError` if a
 * write fails, and with an `Error` on a bug.
 */
export async function execute(action: Action, context: ExecutionContext): Promise<Executed> {
  const kind = kindOf(context.catalog.kinds, action.kind);
  switch (action.verb) {
    case 'create':
      return executeCreate(action, kind, context);
    case 'update':
      if ('relation' in action) return executeMember(action, kind, context);
      return action.restores
        ? executeRestore({ ...action, restores: action.restores }, kind, context)
        : executeUpdate(action, kind, context);
    case 'delete':
      return remove(action, kind, context);
    case 'start':
      return start(action, kind, context);
    case 'stop':
      return stop(action, kind, context);
    case 'assign':
    case 'unassign':
      return executeMember(action, kind, context);
  }
}

async function start(
  action: Action,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const power = required(kind.power, action, 'a function for it');
  const id = idOf(action, context);
  const started = await power
    .start(context.api, id)
    .catch((error: unknown) => acceptInTransition(error, 'running', { id, kind, context }));
  return { id, fulfilled: [power.field], ...started };
}

/**
 * Stops a machine. If it is stopped only for a change, the obligation to start it is durable before the stop is sent.
 */
async function stop(
  action: Extract<Action, { readonly verb: 'stop' }>,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const { store, api, now, obligations } = context;
  const power = required(kind.power, action, 'a function for it');
  const id = idOf(action, context);
  const address = addressOf(action.kind, action.name);
  const owing = recordingObligation(store, now, {
    address,
    id,
    fields: { [power.field]: { owed: 'running', temporary: 'off' } },
    before: obligations.get(address),
  });
  const stopped = await power
    .stop(action.restart ? api.withObserver(owing) : api, id)
    .catch((error: unknown) => acceptInTransition(error, 'off', { id, kind, context }));
  return { id, ...stopped };
}

/**
 * Handles a refused start or stop. The API refuses to start a machine that is starting, and likewise for stops:
 * somebody was faster, or a list was stale. The machine's current state decides (FACTS 4.1, 5.3): if it is in the
 * desired state or in transition, the result asks to wait for it, and `isReached` to check the state at the end.
 * Rethrows any other error.
 */
async function acceptInTransition(
  error: unknown,
  desired: PowerState,
  { id, kind, context }: { id: string; kind: ResourceKind; context: ExecutionContext },
): Promise<Omit<Executed, 'id'>> {
  if (!(error instanceof ApiError) || !mayBeWrongState(error)) throw error;
  const isReached = async (): Promise<boolean> => {
    const observed = await currentState(id, kind, context);
    return observed !== undefined && powerOf(kind.power, observed) === desired;
  };
  const observed = await currentState(id, kind, context);
  const isAccepted = observed && (!observed.ready || powerOf(kind.power, observed) === desired);
  if (!isAccepted) throw error;
  return { follow: true, isReached };
}

/** Reads a resource anew; undefined if the API does not return it. */
async function currentState(
  id: string,
  kind: ResourceKind,
  { api }: ExecutionContext,
): Promise<Observed | undefined> {
  try {
    const live = await kind.get?.(api, id);
    return live && toObserved(live);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Whether a refusal may be about the machine's state: any 4xx may be, except those about the key or the address. */
const mayBeWrongState = ({ verdict, status = 0 }: ApiError): boolean =>
  verdict === 'rejected' && status >= 400 && ![401, 403, 404].includes(status);

async function remove(
  action: Action,
  kind: ResourceKind,
  { store, api, now }: ExecutionContext,
): Promise<Executed> {
  const id = required(action.resourceId, action, 'its id');
  const address = addressOf(action.kind, action.name);
  const removeResource = required(kind.remove, action, 'a function for it');
  const started = await removeResource(
    api.withObserver(recordingDeletion(store, now, address)),
    id,
  );
  await store.removeResource(address);
  return { id, ...started };
}
