// Makes the report of a pass. In: the plan and, if it was applied, the outcomes. Out: one `Report` value, which
// src/report and src/notify render. `reported.ts` makes its entries; `estimate.ts` and `referenceGraph.ts` make further
// values of a plan that is not applied.

import {
  statuses,
  verbs,
  type ActionId,
  type Outcome,
  type Plan,
  type Status,
  type Verb,
} from '../../model/pass/plan.ts';
import type { Report, ReportedAction, ReportedResource, Summary } from '../../model/pass/report.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import type { Expiry } from '../../model/pass/expiry.ts';
import type { Memory } from '../../model/memory.ts';
import type { PassCache } from '../passCache.ts';
import type { TeamCost } from '../pricing/teamCost.ts';
import { reportedAction, reportedResource } from './reported.ts';
import { resourceCosts, type ResourceCosts } from './resourceCosts.ts';

/** The input of a report. Without `outcomes`, the plan was not applied: actions are planned or blocked. */
export interface ReportInput extends Pick<
  Report,
  | 'pass'
  | 'workspace'
  | 'trigger'
  | 'revision'
  | 'digest'
  | 'mode'
  | 'incomplete'
  | 'startedAt'
  | 'finishedAt'
  | 'git'
  | 'suspended'
  | 'only'
  | 'stages'
  | 'budgets'
  | 'cost'
> {
  readonly costs: Pick<TeamCost, 'rateOf'>;
  /** The change of the cost by all actions of a resource in USD/h, blocked ones included; null: unknown. */
  readonly changes: ReadonlyMap<Address, number | null>;
  readonly plan: Plan;
  readonly outcomes?: ReadonlyMap<ActionId, Outcome>;
  readonly conditions: Memory['conditions'];
  /** When each rotated relation was last read, by address. */
  readonly readings: ReadonlyMap<Address, ReportedResource['readings']>;
  /** The wakes in effect. */
  readonly wakes: Memory['wakes'];
  /** The expiries that are over or near. */
  readonly expiries: ReadonlyMap<Address, Expiry>;
  readonly api: Report['api'];
  readonly estimate: Report['estimate'];
}

/** Makes the report of a pass. Pure, apart from `cache`, which holds the resources of a plan without actions. */
export function reportOf(input: ReportInput, cache: PassCache): Report {
  const { plan, outcomes, conditions, readings, wakes, expiries, api, costs, changes, ...header } =
    input;
  const costOf = resourceCosts(costs, changes);
  const actions = plan.actions.map((action) => reportedAction(action, outcomes?.get(action.id)));
  const byResource = Map.groupBy(actions, ({ kind, name }) => addressOf(kind, name));
  const assessed =
    actions.length === 0
      ? unchangedResources({ plan, costs, costOf }, conditions, header.finishedAt, cache)
      : plan.assessments.flatMap((assessment) => {
          const address = addressOf(assessment.kind, assessment.name);
          const applied = outcomes ? (byResource.get(address) ?? []) : [];
          return isGone(applied)
            ? []
            : [
                reportedResource(assessment, applied, {
                  conditions,
                  now: header.finishedAt,
                  costOf,
                }),
              ];
        });
  const resources = withExpiries(withWakes(withReadings(assessed, readings), wakes), expiries);
  return {
    schema: 'holdfast/report/v1',
    ...header,
    complete: plan.complete,
    summary: summaryOf(resources, actions),
    resources,
    actions,
    api,
  };
}

/**
 * Joins the reports of a pass and of the pass that continued its pending actions: the resources of `next`, and the
 * actions of both. Pure.
 */
export function continuedBy(before: Report, next: Report): Report {
  const repeated = new Set(next.actions.map(({ id }) => id));
  const earlier = before.actions.filter(
    ({ id, outcome }) => outcome === 'done' && !repeated.has(id),
  );
  const actions = [...earlier, ...next.actions];
  return {
    ...next,
    startedAt: before.startedAt,
    stages: [...(before.stages ?? []), ...(next.stages ?? [])],
    actions,
    summary: { ...next.summary, actions: countByVerb(actions) },
    api: {
      ...next.api,
      requests: before.api.requests + next.api.requests,
      retries: before.api.retries + next.api.retries,
      rateLimited: before.api.rateLimited + next.api.rateLimited,
      waitedMs: before.api.waitedMs + next.api.waitedMs,
    },
  };
}

/** Adds to the resources when their rotated relations were last read. */
const withReadings = (
  resources: readonly ReportedResource[],
  readings: ReportInput['readings'],
): readonly ReportedResource[] =>
  readings.size === 0
    ? resources
    : resources.map((resource) => {
        const readAt = readings.get(addressOf(resource.kind, resource.name));
        return readAt ? { ...resource, readings: readAt } : resource;
      });

/** Adds to the resources the wakes in effect. */
const withWakes = (
  resources: readonly ReportedResource[],
  wakes: Memory['wakes'],
): readonly ReportedResource[] =>
  wakes.size === 0
    ? resources
    : resources.map((resource) => {
        const wake = wakes.get(addressOf(resource.kind, resource.name));
        return wake ? { ...resource, wake: { until: wake.until, by: wake.by } } : resource;
      });

/** Adds to the resources their expiries. */
const withExpiries = (
  resources: readonly ReportedResource[],
  expiries: ReportInput['expiries'],
): readonly ReportedResource[] =>
  expiries.size === 0
    ? resources
    : resources.map((resource) => {
        const expiry = expiries.get(addressOf(resource.kind, resource.name));
        return expiry ? { ...resource, expiry } : resource;
      });

/** Whether the actions deleted a resource without replacing it. */
const isGone = (actions: readonly ReportedAction[]): boolean =>
  actions.some(({ verb, outcome }) => verb === 'delete' && outcome === 'done') &&
  !actions.some(({ verb }) => verb === 'create');

/** The reported resources of a plan without actions. */
function unchangedResources(
  { plan, costs, costOf }: Pick<ReportInput, 'plan' | 'costs'> & { readonly costOf: ResourceCosts },
  conditions: Memory['conditions'],
  now: string,
  cache: PassCache,
): readonly ReportedResource[] {
  const { resources } = cache.of(
    'reported resources',
    [plan, conditions, costs],
    () => {
      const reported = plan.assessments.map((assessment) =>
        reportedResource(assessment, [], { conditions, now, costOf }),
      );
      return { resources: reported, hasChanged: reported.some(({ since }) => since === now) };
    },
    // A status that changed in this pass holds the time of this pass.
    ({ hasChanged }) => !hasChanged,
  );
  return resources;
}

/** Counts resources by status, and actions by verb. Pure. */
export function summaryOf(
  resources: readonly ReportedResource[],
  actions: readonly ReportedAction[],
): Summary {
  const count = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
  for (const { status } of resources) count[status] += 1;
  return { ...count, actions: countByVerb(actions) };
}

/** The number of actions by verb, without blocked ones. */
function countByVerb(actions: readonly ReportedAction[]): Summary['actions'] {
  const byVerb = Object.fromEntries(verbs.map((verb) => [verb, 0])) as Record<Verb, number>;
  for (const { verb, outcome } of actions) if (outcome !== 'blocked') byVerb[verb] += 1;
  return byVerb;
}
