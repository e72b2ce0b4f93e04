import { ApiError, type Api } from '../../model/api.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import type { Action, Plan } from '../../model/pass/plan.ts';
import { addressOf } from '../../model/resource.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Binding, Memory, FailureRecord } from '../../model/memory.ts';
import type { Fingerprints } from '../compare/fingerprints.ts';
import { kindOf } from '../kindOf.ts';
import { nextFailure } from '../guard/backoff.ts';

interface VanishedInput {
  readonly catalog: Catalog;
  readonly api: Api;
  readonly snapshot: Snapshot;
  readonly memory: Pick<Memory, 'bindings' | 'conditions' | 'failures'>;
  readonly fingerprints: Fingerprints;
  readonly now: Date;
  readonly random: () => number;
}

/**
 * The failure records of planned creates whose earlier resource disappeared before it was ready: its job failed while
 * no pass waited for it. Such a create backs off like any other failed action. If the API still has the job, the record
 * holds the job's error.
 */
export async function failedCreates(
  { actions }: Plan,
  input: VanishedInput,
): Promise<readonly FailureRecord[]> {
  const { memory, snapshot, fingerprints, now, random } = input;
  const vanished = actions.flatMap((action) => {
    const address = addressOf(action.kind, action.name);
    const binding = memory.bindings.get(address);
    const wasPending = memory.conditions.get(address)?.status === 'pending';
    const isCreate = action.verb === 'create' && action.blockedReason === undefined;
    if (!isCreate || !binding?.created || !wasPending) return [];
    // A replacement also plans a create, while its old resource still exists.
    const exists = snapshot.get(action.kind)?.byId.has(binding.id);
    return exists ? [] : [{ action, address, binding }];
  });
  return Promise.all(
    vanished.map(async ({ action, address, binding }) =>
      nextFailure(memory.failures.get(action.id), {
        action: action.id,
        address,
        outcome: { error: await failureReason(action, binding, input) },
        fingerprint: fingerprints.both(address),
        now,
        random: random(),
      }),
    ),
  );
}

/** Clocks differ between machines, so jobs up to this much older than the binding are searched too. */
const clockSkewMs = 60_000;

async function failureReason(
  { kind }: Action,
  { id, boundAt }: Binding,
  { catalog, api }: VanishedInput,
): Promise<string> {
  const gone = `it was created at ${boundAt}, and was gone before it was ready`;
  const job = kindOf(catalog.kinds, kind).createJob;
  if (!job || job.field !== undefined) return gone;
  const since = Date.parse(boundAt) - clockSkewMs;
  try {
    for await (const page of catalog.jobs.tail(api)) {
      const found = page.find(({ verb, machine }) => verb === job.verb && machine === id);
      if (found) return found.error === undefined ? gone : `${gone}: ${found.error}`;
      if (page.some(({ at }) => Date.parse(at) < since)) break;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
  return gone;
}
