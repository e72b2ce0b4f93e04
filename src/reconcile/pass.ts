import { createHash } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import { ApiError, type Usage } from '../model/api.ts';
import type { Action, ActionId, Outcome, Plan } from '../model/pass/plan.ts';
import type { Report, Trigger } from '../model/pass/report.ts';
import { addressOf, type DesiredState } from '../model/resource.ts';
import type { Memory, FailureRecord } from '../model/store.ts';
import { apply } from './apply/apply.ts';
import { costOf, type CostInput, type PlannedCost } from './guard/cost.ts';
import { estimate } from './report/estimate.ts';
import { execute } from './apply/execute.ts';
import { fingerprintsOf, idsIn, type Fingerprints } from './compare/fingerprints.ts';
import { createJobPoller } from './apply/jobPoller.ts';
import { withoutImpliedFields } from './compare/impliedFields.ts';
import { guard } from './guard/guard.ts';
import { locksOf } from './guard/locks.ts';
import { planUntilListed, observeTeam } from './observe/observeTeam.ts';
import { rotatedReads } from './observe/requiredLists.ts';
import { recordOutcomes, recordBindings } from './apply/recordPass.ts';
import { reportOf } from './report/report.ts';
import { kindOf } from './kindOf.ts';
import { listingOf } from './observe/listingOf.ts';
import { askCapacity, noAnswers, runWithCapacity } from './guard/capacity.ts';
import { askTeam, claimTeam } from './observe/teamIdentity.ts';
import { failedCreates } from './observe/failedCreates.ts';
import { windowState } from './guard/windows.ts';
import type { Policy, Prepared, Workspace } from './workspace.ts';
import { spellingsIn } from './compare/spelling.ts';
import { compareValues } from './compare/writeOnly.ts';
import type { PassCache } from './passCache.ts';

const nextPassId = monotonicFactory();

/**
 * Reads and plans, and writes nothing: the first half of a pass, and all of `plan` and `drift`. Sends GET requests
 * only. Rejects with a `TeamError` if the plan has actions and the key belongs to another team than the store.
 */
export async function prepare(
  workspace: Workspace,
  declared: DesiredState,
  policy: Policy,
  trigger: Trigger,
): Promise<Prepared> {
  const { catalog, cache } = workspace;
  const { kinds } = catalog;
  const resources = cache.of('resources', [kinds, declared.resources], () =>
    withoutImpliedFields(kinds, declared.resources),
  );
  const state = { ...declared, resources };
  const startedAt = workspace.clock.now();
  const usageBefore = workspace.usage();
  const {
    memory,
    values,
    snapshot: first,
  } = await observeTeam(workspace, state, policy, startedAt);
  const { snapshot, drawn } = await planUntilListed(workspace, first, {
    catalog,
    desired: state,
    memory,
    written: cache.of('written values', [values, memory.digests], () =>
      compareValues(values, memory.digests),
    ),
    prune: policy.prune,
    visibility: policy.visibility,
    now: startedAt,
  });
  const desired = cache.of(
    'resources by address',
    [resources],
    () => new Map(resources.map((resource) => [resource.address, resource])),
  );
  const fingerprints = fingerprintsOf(desired, values, snapshot, drawn);
  const looked: Looked = {
    pass: nextPassId(startedAt.getTime()),
    trigger,
    desired,
    state,
    values,
    memory,
    snapshot,
    startedAt,
    usageBefore,
    fingerprints,
    digest: digestOf(drawn, state, fingerprints),
  };
  return { ...looked, ...(await guardPlan(workspace, policy, looked, drawn)) };
}

/** The cost of a plan. The cost of a plan without actions depends on neither the time nor the declared resources. */
function cachedCost(input: CostInput, cache: PassCache): PlannedCost {
  const { catalog, plan, prices, snapshot } = input;
  if (plan.actions.length > 0) return costOf(input);
  return cache.of('cost', [catalog, plan, prices, ...[...snapshot].flat()], () => costOf(input));
}

type Looked = Omit<Prepared, keyof Guarded>;
type Guarded = Pick<Prepared, 'plan' | 'cost' | 'team' | 'capacity' | 'vanished'>;

/** Guards the plan, with the requests that the guard needs. A plan without actions sends none. */
async function guardPlan(
  workspace: Workspace,
  policy: Policy,
  looked: Looked,
  drawn: Plan,
): Promise<Guarded> {
  const { catalog, api, cache, clock, random } = workspace;
  const { memory, snapshot, desired, fingerprints, startedAt, trigger } = looked;
  const reckon = (plan: Plan): PlannedCost =>
    cachedCost({ catalog, desired, prices: policy.prices, now: startedAt, snapshot, plan }, cache);
  const { team, unknown } = await askTeam(workspace, drawn, memory);
  if (drawn.actions.length === 0) {
    const plan = unknown === undefined ? drawn : { ...drawn, toBind: [], toUnbind: [] };
    return { plan, cost: reckon(drawn).cost, team, capacity: noAnswers, vanished: [] };
  }
  const vanished = await failedCreates(drawn, {
    catalog,
    api,
    memory,
    snapshot,
    fingerprints,
    now: startedAt,
    random,
  });
  const stock = { catalog, desired, spellings: spellingsIn(snapshot), now: () => clock.now() };
  const capacity = await askCapacity(drawn, memory, stock, api);
  const plan = guard(drawn, {
    limits: policy.limits,
    costOf: reckon,
    deletedToday: memory.deletions.length,
    liveCount: (kind) => listingOf(snapshot, kind).items.length,
    memory: { ...memory, failures: withFailures(memory.failures, vanished) },
    now: startedAt,
    window: windowState(policy, startedAt),
    force: policy.force,
    approved: memory.approved.has(looked.digest),
    honourBackoff: policy.honourBackoff ?? trigger !== 'cli',
    shortages: capacity.held,
    unknownTeam: unknown,
    notApproved: policy.approvedActions?.(drawn, fingerprints) ?? (() => undefined),
    fingerprints,
  });
  const known = unknown === undefined ? plan : { ...plan, toBind: [], toUnbind: [] };
  return { plan: known, cost: reckon(plan).cost, team, capacity, vanished };
}

const withFailures = (
  before: Memory['failures'],
  more: readonly FailureRecord[],
): Memory['failures'] =>
  more.length === 0
    ? before
    : new Map([...before, ...more.map((one) => [one.action, one] as const)]);

/**
 * The sha256 of everything that the plan would write: its actions, the config, and the keyed digests of values that it
 * does not show.
 */
function digestOf({ actions }: Plan, { revision }: DesiredState, { yaml }: Fingerprints): string {
  const touched = [...new Set(actions.map(({ kind, name }) => addressOf(kind, name)))];
  const content = [revision, actions, touched.map((address) => [address, yaml(address)])];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

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
export async function enforce(
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  options: EnforceOptions,
): Promise<Report> {
  const { api, store, clock, catalog } = workspace;
  const { plan, snapshot, desired, values, memory } = prepared;
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
    ids: idsIn(plan),
    now: () => clock.now(),
  };
  const run = runWithCapacity(context);
  const outcomes = await apply(plan.actions, {
    concurrency: policy.throttle.concurrency,
    wait: options.wait,
    signal: options.stop,
    clock,
    run: (action) => run(action, () => execute(action, context)),
    isGone: (kind, id) => isGone(workspace, kind, id),
    explainFailure: (kind, id) => explainFailure(workspace, kind, id),
    locks: (action) => locksOf(catalog, desired, action),
    follower: createJobPoller({
      api,
      catalog,
      clock,
      signal: AbortSignal.any([options.stop, options.stopWaiting]),
      ...(options.waitTimeoutMs === undefined ? {} : { waitTimeoutMs: options.waitTimeoutMs }),
      pages: (kind) => Math.ceil(listingOf(snapshot, kind).items.length / 120),
      visibility: policy.visibility,
    }),
    ...(options.onOutcome ? { onOutcome: options.onOutcome } : {}),
  });
  const certain = options.stop.aborted ? withoutFailed(outcomes) : outcomes;
  await recordOutcomes(workspace, prepared, certain);
  return reportOn(workspace, policy, prepared, outcomes);
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

/** Reports a prepared pass; without outcomes, a pass that was only planned. */
export function reportOn(
  workspace: Workspace,
  policy: Policy,
  prepared: Prepared,
  outcomes?: ReadonlyMap<ActionId, Outcome>,
): Report {
  const { pass, trigger, cost, digest, plan: planned, snapshot, startedAt } = prepared;
  return reportOf(
    {
      pass,
      digest,
      workspace: workspace.name,
      trigger,
      revision: prepared.state.revision,
      mode: policy.mode,
      startedAt: startedAt.toISOString(),
      finishedAt: workspace.clock.now().toISOString(),
      incomplete: [...snapshot.values()].flatMap((listing) =>
        listing.complete ? [] : [{ kind: listing.kind, error: listing.error }],
      ),
      plan: planned,
      ...(outcomes ? { outcomes } : {}),
      conditions: prepared.memory.conditions,
      readings: rotatedReads(
        workspace.catalog,
        prepared.state.resources,
        planned,
        snapshot,
        prepared.memory,
        startedAt.toISOString(),
      ),
      estimate: estimate(planned.actions, {
        rate: workspace.throttle().rate,
        durations: prepared.memory.durations,
        locks: (action) => locksOf(workspace.catalog, prepared.desired, action),
      }),
      api: {
        ...difference(workspace.usage(), prepared.usageBefore),
        throttle: workspace.throttle(),
      },
      cost,
    },
    workspace.cache,
  );
}

const difference = (now: Usage, before: Usage): Usage => ({
  requests: now.requests - before.requests,
  retries: now.retries - before.retries,
  rateLimited: now.rateLimited - before.rateLimited,
  waitedMs: now.waitedMs - before.waitedMs,
});
