import { ApiError } from '../../model/api.ts';
import type { ResourceKind } from '../../model/kind.ts';
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
import { powerOf, type PowerState } from '../plan/power.ts';

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
  const power = required(kind.power, action, 'a call for it');
  const id = idOf(action, context);
  const started = await power
    .start(context.api, id)
    .catch((error: unknown) => unlessOnItsWay(error, 'running', { id, kind, context }));
  return { id, fulfilled: [power.field], ...started };
}

/** Stops a machine. Where it is stopped for a change only, the start that it owes is durable before the stop is sent. */
async function stop(
  action: Extract<Action, { readonly verb: 'stop' }>,
  kind: ResourceKind,
  context: ExecutionContext,
): Promise<Executed> {
  const { store, api, now, obligations } = context;
  const power = required(kind.power, action, 'a call for it');
  const id = idOf(action, context);
  const address = addressOf(action.kind, action.name);
  const owing = recordingObligation(store, now, {
    address,
    id,
    fields: { [power.field]: { owed: 'running', temporary: 'off' } },
    before: obligations.get(address),
  });
  const stopped = await power
    .stop(action.restart ? api.observed(owing) : api, id)
    .catch((error: unknown) => unlessOnItsWay(error, 'off', { id, kind, context }));
  return { id, ...stopped };
}

/**
 * The API refuses to start a machine that is starting, and likewise: somebody was faster, or a list was old. What the API says of the
 * machine now decides (FACTS 4.1, 5.3): a machine that is in the wanted state or in transition is followed, and must have got there in
 * the end. Any other refusal stands.
 */
async function unlessOnItsWay(
  error: unknown,
  wanted: PowerState,
  { id, kind, context }: { id: string; kind: ResourceKind; context: ExecutionContext },
): Promise<Omit<Executed, 'id'>> {
  if (!(error instanceof ApiError) || !isWrongState(error)) throw error;
  const isReached = async (): Promise<boolean> => {
    const observed = await observedNow(id, kind, context);
    return observed !== undefined && powerOf(kind.power, observed) === wanted;
  };
  const observed = await observedNow(id, kind, context);
  const isOnItsWay = observed && (!observed.settled || powerOf(kind.power, observed) === wanted);
  if (!isOnItsWay) throw error;
  return { follow: true, isReached };
}

/** What the API says of a resource now; undefined where it does not say. */
async function observedNow(
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

/** Whether a refusal may be about the state that the machine is in: any 4xx may say so, but for those about the key or the address. */
const isWrongState = ({ verdict, status = 0 }: ApiError): boolean =>
  verdict === 'rejected' && status >= 400 && ![401, 403, 404].includes(status);

async function remove(
  action: Action,
  kind: ResourceKind,
  { store, api, now }: ExecutionContext,
): Promise<Executed> {
  const id = required(action.resourceId, action, 'its id');
  const address = addressOf(action.kind, action.name);
  const call = required(kind.remove, action, 'a call for it');
  const started = await call(api.observed(recordingDeletion(store, now, address)), id);
  await store.deleted(address);
  return { id, ...started };
}
