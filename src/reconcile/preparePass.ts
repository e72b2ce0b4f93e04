import { createHash } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { Plan } from '../model/pass/plan.ts';
import type { Trigger } from '../model/pass/report.ts';
import { addressOf, type DesiredState } from '../model/resource.ts';
import type { Memory, FailureRecord } from '../model/memory.ts';
import { noTracer } from '../model/tracer.ts';
import { monthOf } from '../model/money/ledger.ts';
import { checkBudgets, type CheckedBudget } from './guard/budgets.ts';
import { planCost, type PlanCostInput } from './pricing/planCost.ts';
import { teamCost, type TeamCost, type TeamCostInput } from './pricing/teamCost.ts';
import { createTimetables } from '../model/time/timetable.ts';
import { fingerprintsOf, type Fingerprints } from './compare/fingerprints.ts';
import { withoutImpliedFields } from './compare/impliedFields.ts';
import { guard } from './guard/guard.ts';
import { selectActions, type Selection, type SelectionInput } from './guard/selection.ts';
import { planUntilListed, observeTeam } from './observe/observeTeam.ts';
import { listingOf } from './observe/listingOf.ts';
import { askCapacity, noAnswers } from './guard/capacity.ts';
import { askTeam } from './observe/teamIdentity.ts';
import { failedCreates } from './observe/failedCreates.ts';
import { windowState } from './guard/windows.ts';
import { graceUntil, type PlanningWorkspace, type Policy, type Prepared } from './workspace.ts';
import { spellingsIn } from './compare/spelling.ts';
import { compareValues } from './compare/writeOnly.ts';
import { withExpiredOff } from './plan/planExpired.ts';
import type { PassCache } from './passCache.ts';
import { stopwatch } from './stopwatch.ts';

const nextPassId = monotonicFactory();

/**
 * Reads and plans, and writes nothing: the first half of a pass, and all of `plan` and `drift`. Sends GET requests
 * only. Rejects with a `TeamError` if the plan has actions and the key belongs to another team than the store.
 */
export async function prepare(
  workspace: PlanningWorkspace,
  declared: DesiredState,
  policy: Policy,
  trigger: Trigger,
): Promise<Prepared> {
  const { catalog, cache, tracer = noTracer } = workspace;
  const { kinds } = catalog;
  const resources = cache.of('resources', [kinds, declared.resources], () =>
    withoutImpliedFields(kinds, declared.resources),
  );
  const state = { ...declared, resources };
  const startedAt = workspace.clock.now();
  const lap = stopwatch(workspace.clock);
  const usageBefore = workspace.usage();
  const {
    memory,
    values,
    snapshot: first,
  } = await tracer.phase('observe', () => observeTeam(workspace, state, policy, startedAt));
  const observing = lap();
  const current = withExpiredOff(kinds, resources, { now: startedAt, cache });
  const { snapshot, drawn: whole } = await tracer.phase('plan', () =>
    planUntilListed(workspace, first, {
      catalog,
      desired: { ...state, resources: current },
      memory,
      written:
        workspace.written ??
        cache.of('written values', [values, memory.digests], () =>
          compareValues(values, memory.digests),
        ),
      prune: policy.prune,
      visibility: policy.visibility,
      now: startedAt,
    }),
  );
  const { plan: drawn, selection } = selectedPart(whole, policy.only, { kinds, ...state });
  const desired = cache.of(
    'resources by address',
    [current],
    () => new Map(current.map((resource) => [resource.address, resource])),
  );
  const fingerprints = fingerprintsOf(desired, values, snapshot, drawn);
  const costs = cachedTeamCost(cache, {
    kinds,
    snapshot,
    desired,
    assessments: drawn.assessments,
    prices: policy.prices,
    remembered: memory.prices,
  });
  const looked: Looked = {
    costs,
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
    selection,
    digest: digestOf(drawn, state, fingerprints),
  };
  const guarded = await tracer.phase('guard', () => guardPlan(workspace, policy, looked, drawn));
  const stages = [
    { stage: 'observe', milliseconds: observing },
    { stage: 'plan', milliseconds: lap() },
  ] as const;
  return { ...looked, ...guarded, stages };
}

/** The part of a plan that a pass is restricted to. */
const selectedPart = (
  plan: Plan,
  only: Policy['only'],
  input: SelectionInput,
): { readonly plan: Plan; readonly selection: Selection | undefined } =>
  only ? selectActions(plan, only, input) : { plan, selection: undefined };

function cachedTeamCost(cache: PassCache, input: TeamCostInput): TeamCost {
  const { kinds, snapshot, desired, assessments, prices, remembered } = input;
  return cache.of(
    'team cost',
    [kinds, desired, assessments, prices, remembered, ...[...snapshot].flat()],
    () => teamCost(input),
  );
}

type Looked = Omit<Prepared, keyof Guarded | 'stages'>;
type Guarded = Pick<Prepared, 'plan' | 'priced' | 'team' | 'capacity' | 'vanished' | 'budgets'>;

/** The budgets of the policy; null if the workspace has no record of costs. Without budgets, none is read. */
async function budgetsOf(
  { store }: PlanningWorkspace,
  { budgets }: Policy,
  { startedAt: now, snapshot, costs }: Looked,
): Promise<readonly CheckedBudget[] | null> {
  if (budgets.length === 0) return [];
  if (!store.costs) return null;
  const recorded = await store.costs(monthOf(now).toISOString());
  return checkBudgets(budgets, { recorded, costs, snapshot, now });
}

/** Guards the plan, with the requests that the guard needs. A plan without actions sends none. */
async function guardPlan(
  workspace: PlanningWorkspace,
  policy: Policy,
  looked: Looked,
  drawn: Plan,
): Promise<Guarded> {
  const { catalog, api, clock, random } = workspace;
  const { memory, snapshot, desired, fingerprints, startedAt, trigger } = looked;
  const priced: PlanCostInput = {
    kinds: catalog.kinds,
    snapshot,
    desired,
    now: startedAt,
    timetables: createTimetables(),
    wakes: memory.wakes,
    team: looked.costs,
  };
  const budgets = await budgetsOf(workspace, policy, looked);
  const { team, unknown } = await askTeam(workspace, drawn, memory);
  if (drawn.actions.length === 0) {
    const plan = unknown === undefined ? drawn : { ...drawn, toBind: [], toUnbind: [] };
    return { plan, priced, team, budgets, capacity: noAnswers, vanished: [] };
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
    kinds: catalog.kinds,
    limits: policy.limits,
    budgets: budgets ?? [],
    labelsOf: (address) => desired.get(address)?.labels,
    costOf: (guarded) => planCost(guarded, priced),
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
    graceUntil: graceUntil(workspace.store, policy, clock.now()),
    notApproved: policy.approvedActions?.(drawn, fingerprints) ?? (() => undefined),
    fingerprints,
  });
  const known = unknown === undefined ? plan : { ...plan, toBind: [], toUnbind: [] };
  return { plan: known, priced, team, budgets, capacity, vanished };
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
