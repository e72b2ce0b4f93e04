import { ApiError } from '../model/api.ts';
import type { Action, ActionId, Outcome } from '../model/pass/plan.ts';
import type { Report } from '../model/pass/report.ts';
import { noTracer } from '../model/tracer.ts';
import { apply } from './apply/apply.ts';
import { execute } from './apply/execute.ts';
import { idsIn } from './compare/fingerprints.ts';
import { createJobPoller } from './apply/jobPoller.ts';
import { locksOf } from './guard/locks.ts';
import { recordOutcomes, recordBindings } from './apply/recordPass.ts';
import { kindOf } from './kindOf.ts';
import { listingOf } from './observe/listingOf.ts';
import { runWithCapacity } from './guard/capacity.ts';
import { claimTeam } from './observe/teamIdentity.ts';
import type { Policy, Prepared, Workspace } from './workspace.ts';
import { spellingsIn } from './compare/spelling.ts';
import { reportOn } from './reportPass.ts';
import { stopwatch } from './stopwatch.ts';

/** Options of `enforce`. */
export interface EnforceOptions {
  readonly wait: boolean;
  /** Start no further action, and stop waiting. */
  readonly stop: AbortSignal;
  /** Stop waiting; unsettled actions are pending. */
  readonly stopWaiting: AbortSignal;
  /** Stop waiting after this many milliseconds. Default: never. */
  readonly waitTimeoutMs?: number;
  readonly onOutcome?: (action: Action, outcome: Outcome) => void;
}

/**
 * Binds the matched resources, and carries out the actions that are not blocked: the second half of a pass in
 * `enforce`.
 */
export const enforce = (
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  options: EnforceOptions,
): Promise<Report> =>
  (workspace.tracer ?? noTracer).phase('apply', () =>
    applyPlan(workspace, policy, prepared, options),
  );

async function applyPlan(
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  options: EnforceOptions,
): Promise<Report> {
  const { api, store, clock, catalog, tracer = noTracer } = workspace;
  const { plan, snapshot, desired, values, memory } = prepared;
  const lap = stopwatch(clock);
  await claimTeam(workspace, prepared.team, memory);
  await recordBindings(workspace, policy, prepared);
  if (memory.approved.size > 0) await store.consumeApprovals(memory.approved);
  if (plan.actions.length === 0 && memory.failures.size === 0)
    return reportOn(workspace, policy, prepared, new Map());
  if (plan.actions.some(({ blockedReason }) => blockedReason === undefined))
    await store.assertWritable(prepared.pass);
  const context = {
    catalog,
    api,
    store,
    snapshot,
    desired,
    values,
    spellings: spellingsIn(snapshot),
    obligations: memory.obligations,
    wakes: memory.wakes,
    ids: idsIn(plan),
    now: () => clock.now(),
  };
  const run = runWithCapacity(context);
  const outcomes = await apply(plan.actions, {
    concurrency: policy.throttle.concurrency,
    wait: options.wait,
    signal: options.stop,
    clock,
    tracer,
    run: (action) => run(action, () => execute(action, context)),
    isGone: (kind, id) => isGone(workspace, kind, id),
    explainFailure: (kind, id) => explainFailure(workspace, kind, id),
    locks: (action) => locksOf(catalog, desired, action),
    follower: createJobPoller({
      api,
      catalog,
      clock,
      tracer,
      signal: AbortSignal.any([options.stop, options.stopWaiting]),
      ...(options.waitTimeoutMs === undefined ? {} : { waitTimeoutMs: options.waitTimeoutMs }),
      pages: (kind) => Math.ceil(listingOf(snapshot, kind).items.length / 120),
      visibility: policy.visibility,
    }),
    ...(options.onOutcome ? { onOutcome: options.onOutcome } : {}),
  });
  const certain = options.stop.aborted ? withoutFailed(outcomes) : outcomes;
  await recordOutcomes(workspace, prepared, certain);
  const stages = [...prepared.stages, { stage: 'apply', milliseconds: lap() } as const];
  return reportOn(workspace, policy, { ...prepared, stages }, outcomes);
}

/** The outcomes to record after a stop. A failure may then come from the stop itself. */
const withoutFailed = (outcomes: ReadonlyMap<ActionId, Outcome>): ReadonlyMap<ActionId, Outcome> =>
  new Map([...outcomes].filter(([, { result }]) => result !== 'failed'));

/** Asks the kind about a failure. A failed request for the explanation does not change the outcome. */
async function explainFailure(
  { api, catalog }: Workspace,
  kind: string,
  id: string,
): Promise<string | undefined> {
  try {
    return await kindOf(catalog.kinds, kind).explainFailure?.(api, id);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Whether the API no longer knows a resource. If it cannot be asked, the resource counts as there. */
async function isGone({ api, catalog }: Workspace, kind: string, id: string): Promise<boolean> {
  const { get } = kindOf(catalog.kinds, kind);
  try {
    return get !== undefined && (await get(api, id)) === undefined;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}
