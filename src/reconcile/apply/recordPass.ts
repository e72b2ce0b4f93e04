import { isRecent } from '../plan/matching/match.ts';
import type { Action, ActionId, Outcome, Plan } from '../../model/pass/plan.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import type { ActionRecord, Memory, FailureRecord, Write } from '../../model/memory.ts';
import type { Store } from '../../model/store.ts';
import { writtenPaths } from '../guard/contention.ts';
import { fingerprintsOf } from '../compare/fingerprints.ts';
import { kindOf } from '../kindOf.ts';
import { isRotatedKey } from '../observe/requiredLists.ts';
import type { Policy, Prepared, Workspace } from '../workspace.ts';
import { nextFailure } from '../guard/backoff.ts';

/**
 * Records which rotated lists this pass read, which bound resources lists began to leave out or to show again, and the
 * prices that live resources show.
 */
export async function recordSeen(
  { store, catalog }: Workspace,
  { snapshot, startedAt, plan, costs, memory }: Prepared,
): Promise<void> {
  const { prices } = memory;
  await store.recordPrices(
    [...costs.book.shown()].filter(([key, rate]) => prices.get(key) !== rate),
  );
  await store.markUnlisted(plan.unlisted, startedAt.toISOString());
  await store.markUnlisted(plan.listedAgain, null);
  await store.recordListRead(
    [...snapshot.keys()].filter((key) => isRotatedKey(key, catalog.kinds)),
    startedAt.toISOString(),
  );
}

/**
 * Records what the plan found before any action runs: binds recognised resources; unbinds those that are gone, or whose
 * create failed; clears obligations and member intents that have ended. Immutable write-only values of newly bound
 * resources count as written, since they can neither be read nor changed.
 */
export async function recordBindings(
  workspace: Workspace,
  policy: Pick<Policy, 'visibility'>,
  prepared: Prepared,
): Promise<void> {
  const { store, catalog } = workspace;
  const { plan, desired, values, memory, startedAt, vanished } = prepared;
  const { toBind, toUnbind, endedObligations } = plan;
  const boundAt = startedAt.toISOString();
  await store.bind(toBind.map((found) => ({ ...found, boundAt, created: false })));
  await store.unbind([...toUnbind, ...vanished.map(({ address }) => address)]);
  if (vanished.length > 0) await store.recordOutcomes({ ...nothingToRecord, failed: vanished });
  for (const { address, paths } of endedObligations) await store.clearObligation(address, paths);
  for (const [address, path] of expiredMemberIntents(memory, policy.visibility, startedAt))
    await store.clearIntent(address, path);
  await recordSeen(workspace, prepared);
  await store.saveDigests(
    toBind.flatMap(({ address, id }) => {
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

const nothingToRecord: Parameters<Store['recordOutcomes']>[0] = {
  failed: [],
  done: [],
  writes: [],
  deeds: [],
  shortages: new Map(),
  available: [],
};

/** The intents of members that lists must show by now, if they exist. */
const expiredMemberIntents = (
  { memberIntents }: Memory,
  visibility: number,
  now: Date,
): readonly (readonly [Address, string])[] =>
  [...memberIntents].flatMap(([address, intents]) =>
    Object.entries(intents).flatMap(([path, { until }]) =>
      isRecent(until, { now, visibility }) ? [] : [[address, path] as const],
    ),
  );

/**
 * Records the outcomes of a pass: failures, written paths, finished actions, ended obligations, and capacity. A failure
 * record stays until its action succeeds, or until a complete plan has neither the action nor a pending job on the
 * resource.
 */
export async function recordOutcomes(
  { store, clock, random }: Workspace,
  { pass, plan, selection, desired, values, snapshot, memory, capacity }: Prepared,
  outcomes: ReadonlyMap<ActionId, Outcome>,
): Promise<void> {
  const now = clock.now();
  const at = now.toISOString();
  const fingerprints = fingerprintsOf(desired, values, snapshot, plan);
  const isOwed = owedIn(plan);
  const failed: FailureRecord[] = [];
  const done: ActionId[] = [];
  const writes: Write[] = [];
  const deeds: ActionRecord[] = [];
  for (const action of plan.actions) {
    const outcome = outcomes.get(action.id);
    if (!outcome || outcome.attempts === 0) continue;
    const address = addressOf(action.kind, action.name);
    deeds.push(deedOf(pass, action, outcome, at));
    if (outcome.result === 'failed') {
      const fingerprint = fingerprints.both(address);
      const before = memory.failures.get(action.id);
      const { id } = action;
      failed.push(
        nextFailure(before, {
          action: id,
          address,
          outcome: isOwed(action) ? { ...outcome, refused: false } : outcome,
          fingerprint,
          now,
          random: random(),
        }),
      );
      if (outcome.gone) await store.unbind([address]);
    } else {
      if (outcome.result === 'done') done.push(action.id);
      if (outcome.result === 'done' && outcome.fulfilled)
        await store.clearObligation(address, outcome.fulfilled);
      const fingerprint = fingerprints.yaml(address);
      // A pending create may still fail. Creating it again is then no contention.
      const isUnsure = action.verb === 'create' && outcome.result === 'pending';
      const paths = isUnsure ? [] : writtenPaths(action);
      for (const path of paths) writes.push({ address, path, at, fingerprint });
    }
  }
  const planned = new Set([...plan.actions.map(({ id }) => id), ...(selection?.leftOut ?? [])]);
  const pending = pendingIn(plan);
  const over = [...memory.failures.values()].flatMap(({ action, address }) =>
    plan.complete && !planned.has(action) && !pending.has(address) ? [action] : [],
  );
  const { shortages, available } = capacity;
  await store.recordOutcomes({
    failed,
    done: [...done, ...over],
    writes,
    deeds,
    shortages,
    available,
  });
}

/**
 * Whether an action restores what Holdfast switched for a change: the start after a stop too. Such an action is tried
 * again even if the API refused it for good.
 */
function owedIn({ actions }: Plan): (action: Action) => boolean {
  const stopped = new Set(
    actions.flatMap((action) =>
      action.verb === 'stop' && action.restart ? [addressOf(action.kind, action.name)] : [],
    ),
  );
  return ({ owed, verb, kind, name }) =>
    owed === true || (verb === 'start' && stopped.has(addressOf(kind, name)));
}

/** The addresses of resources with a pending job. */
const pendingIn = ({ assessments }: Plan): ReadonlySet<Address> =>
  new Set(
    assessments.flatMap(({ kind, name, status }) =>
      status === 'pending' ? [addressOf(kind, name)] : [],
    ),
  );

const deedOf = (
  pass: string,
  { id, kind, name, verb, changes }: Action,
  { result, error, took }: Outcome,
  at: string,
): ActionRecord => ({
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
