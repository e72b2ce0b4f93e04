import type { Action, ActionId, Outcome } from '../model/plan.ts';
import { addressOf } from '../model/resource.ts';
import type { Deed, Setback, Write } from '../model/store.ts';
import { writtenPaths } from './contention.ts';
import { fingerprintsOf } from './fingerprints.ts';
import { kindOf } from './kindOf.ts';
import { isRotatedKey } from './needs.ts';
import type { Prepared, Workspace } from './workspace.ts';
import { setbackAfter } from './setbacks.ts';

/** Notes which rotated lists this pass has read. */
export async function rememberReadings(
  { store, catalog }: Workspace,
  { snapshot, startedAt }: Pick<Prepared, 'snapshot' | 'startedAt'>,
): Promise<void> {
  await store.readNow(
    [...snapshot.keys()].filter((key) => isRotatedKey(key, catalog.kinds)),
    startedAt.toISOString(),
  );
}

/** Binds what was recognised, forgets what is gone, and takes the fixed write-only values of the newly bound as written. */
export async function rememberRecognised(workspace: Workspace, prepared: Prepared): Promise<void> {
  const { store, catalog } = workspace;
  const { plan, desired, values, memory, startedAt } = prepared;
  const { recognised, gone } = plan;
  const boundAt = startedAt.toISOString();
  await store.bind(recognised.map((one) => ({ ...one, boundAt, created: false })));
  await store.unbind(gone);
  await rememberReadings(workspace, prepared);
  await store.written(
    recognised.flatMap(({ address, id }) => {
      const declared = desired.get(address);
      if (!declared) return [];
      const { properties } = kindOf(catalog.kinds, declared.kind).schema;
      const digests = Object.entries(properties).flatMap(([path, { writeOnly, immutable }]) => {
        const value = values.get(address)?.get(path);
        const isKnown =
          memory.bindings.get(address)?.id === id &&
          memory.digests.get(address)?.[path] !== undefined;
        return writeOnly && immutable && value?.ok && !isKnown
          ? [[path, value.digest] as const]
          : [];
      });
      return digests.length > 0 ? [{ address, digests: Object.fromEntries(digests) }] : [];
    }),
  );
}

/**
 * Notes how the actions of a pass ended: setbacks of those that failed, what was written, what was done. A setback whose action is not
 * planned any more is over.
 */
export async function rememberOutcomes(
  { store, clock, random }: Workspace,
  { pass, plan, desired, values, snapshot, memory }: Prepared,
  outcomes: ReadonlyMap<ActionId, Outcome>,
  shortages: ReadonlyMap<string, string>,
): Promise<void> {
  const now = clock.now();
  const at = now.toISOString();
  const fingerprints = fingerprintsOf(desired, values, snapshot, plan);
  const failed: Setback[] = [];
  const done: ActionId[] = [];
  const writes: Write[] = [];
  const deeds: Deed[] = [];
  for (const action of plan.actions) {
    const outcome = outcomes.get(action.id);
    if (!outcome || outcome.attempts === 0) continue;
    const address = addressOf(action.kind, action.name);
    deeds.push(deedOf(pass, action, outcome, at));
    if (outcome.result === 'failed') {
      const fingerprint = fingerprints.both(address);
      const before = memory.setbacks.get(action.id);
      const { id } = action;
      failed.push(
        setbackAfter(before, { action: id, outcome, fingerprint, now, random: random() }),
      );
    } else {
      done.push(action.id);
      const fingerprint = fingerprints.yaml(address);
      for (const path of writtenPaths(action)) writes.push({ address, path, at, fingerprint });
    }
  }
  const planned = new Set(plan.actions.map(({ id }) => id));
  const over = plan.complete ? [...memory.setbacks.keys()].filter((id) => !planned.has(id)) : [];
  await store.note({ failed, done: [...done, ...over], writes, deeds, shortages });
}

const deedOf = (
  pass: string,
  { id, kind, name, verb, changes }: Action,
  { result, error, took }: Outcome,
  at: string,
): Deed => ({
  pass,
  address: addressOf(kind, name),
  action: id,
  verb,
  outcome: result,
  error: error ?? null,
  changes: JSON.stringify(changes),
  at,
  took,
});
