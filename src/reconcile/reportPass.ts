import type { Usage } from '../model/api.ts';
import { expiriesOf } from '../model/pass/expiry.ts';
import type { ActionId, Outcome, Plan } from '../model/pass/plan.ts';
import type { Report } from '../model/pass/report.ts';
import { everything } from '../model/pass/suspension.ts';
import { estimate } from './report/estimate.ts';
import { changesByResource, planCost } from './pricing/planCost.ts';
import { locksOf } from './guard/locks.ts';
import { rotatedReads } from './observe/requiredLists.ts';
import { wakesInEffect } from './plan/power/wakeable.ts';
import { reportOf } from './report/report.ts';
import type { PlanningWorkspace, Policy, Prepared } from './workspace.ts';

/** Reports a prepared pass; without outcomes, a pass that was only planned. */
export function reportOn(
  workspace: PlanningWorkspace,
  policy: Policy,
  prepared: Prepared,
  outcomes?: ReadonlyMap<ActionId, Outcome>,
): Report {
  const { pass, trigger, digest, plan: planned, snapshot, startedAt } = prepared;
  const suspended = prepared.memory.suspended.get(everything);
  return reportOf(
    {
      pass,
      digest,
      workspace: workspace.name,
      trigger,
      revision: prepared.state.revision,
      ...(prepared.state.git ? { git: prepared.state.git } : {}),
      ...(suspended ? { suspended } : {}),
      ...(prepared.selection ? { only: prepared.selection.only } : {}),
      mode: policy.mode,
      startedAt: startedAt.toISOString(),
      finishedAt: workspace.clock.now().toISOString(),
      incomplete: [...snapshot.values()].flatMap((listing) =>
        listing.complete ? [] : [{ kind: listing.kind, error: listing.error }],
      ),
      stages: prepared.stages,
      ...(policy.budgets.length > 0
        ? { budgets: prepared.budgets?.map(({ status }) => status) ?? null }
        : {}),
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
      wakes: wakesInEffect(workspace.catalog, prepared.desired, prepared.memory.wakes, startedAt),
      expiries: expiriesOf(prepared.state.resources, startedAt),
      estimate: estimate(planned.actions, {
        rate: workspace.throttle().rate,
        durations: prepared.memory.durations,
        locks: (action) => locksOf(workspace.catalog, prepared.desired, action),
      }),
      api: {
        ...difference(workspace.usage(), prepared.usageBefore),
        throttle: workspace.throttle(),
      },
      costs: prepared.costs,
      changes: changesByResource(planned, prepared.priced),
      cost: planCost(outcomes ? doneOf(planned, outcomes) : planned, prepared.priced).cost,
    },
    workspace.cache,
  );
}

/** The plan with only the actions that were done or are under way: what failed has no cost. */
function doneOf(plan: Plan, outcomes: ReadonlyMap<ActionId, Outcome>): Plan {
  if (plan.actions.length === 0) return plan;
  const isDone = (id: ActionId): boolean =>
    outcomes.get(id)?.result === 'done' || outcomes.get(id)?.result === 'pending';
  return {
    ...plan,
    actions: plan.actions.map((action) =>
      isDone(action.id) ? action : { ...action, blockedReason: 'it was not done' },
    ),
  };
}

const difference = (now: Usage, before: Usage): Usage => ({
  requests: now.requests - before.requests,
  retries: now.retries - before.retries,
  rateLimited: now.rateLimited - before.rateLimited,
  waitedMs: now.waitedMs - before.waitedMs,
});
