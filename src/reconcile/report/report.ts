import {
  statuses,
  verbs,
  type Action,
  type ActionId,
  type Assessment,
  type Outcome,
  type Plan,
  type Status,
  type Verb,
} from '../../model/pass/plan.ts';
import type { Report, ReportedAction, ReportedResource, Summary } from '../../model/pass/report.ts';
import { addressOf, type Address } from '../../model/resource.ts';
import type { Memory } from '../../model/store.ts';
import { comesAfter } from '../plan/order.ts';
import { nothing } from '../plan/planContext.ts';

/** What a report is made from. Without `outcomes`, nothing was done: actions are planned or blocked. */
export interface ReportInput extends Pick<
  Report,
  | 'pass'
  | 'workspace'
  | 'trigger'
  | 'revision'
  | 'digest'
  | 'mode'
  | 'incomplete'
  | 'cost'
  | 'startedAt'
  | 'finishedAt'
> {
  readonly plan: Plan;
  readonly outcomes?: ReadonlyMap<ActionId, Outcome>;
  readonly conditions: Memory['conditions'];
  /** When relations were read that are read in rotation. */
  readonly readings: ReadonlyMap<Address, ReportedResource['readings']>;
  readonly api: Report['api'];
  readonly estimate: Report['estimate'];
}

/** The report of a pass. Pure. */
export function reportOf(input: ReportInput): Report {
  const { plan, outcomes, conditions, readings, api, ...header } = input;
  const actions = plan.actions.map((action) => reportedAction(action, outcomes?.get(action.id)));
  const byResource = Map.groupBy(actions, ({ kind, name }) => addressOf(kind, name));
  const found =
    actions.length === 0
      ? quietResources(plan, conditions, header.finishedAt)
      : plan.assessments.flatMap((one) => {
          const own = outcomes ? (byResource.get(addressOf(one.kind, one.name)) ?? []) : [];
          return isGone(own) ? [] : [reportedResource(one, own, conditions, header.finishedAt)];
        });
  const resources = withReadings(found, readings);
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
 * The report of a pass that went on after what the one before had left pending: what it found, and the actions of both. Pure.
 */
export function continuedBy(before: Report, next: Report): Report {
  const again = new Set(next.actions.map(({ id }) => id));
  const earlier = before.actions.filter(({ id, outcome }) => outcome === 'done' && !again.has(id));
  const actions = [...earlier, ...next.actions];
  return {
    ...next,
    startedAt: before.startedAt,
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

/** The resources with the age of what was read of them in rotation. */
const withReadings = (
  resources: readonly ReportedResource[],
  readings: ReportInput['readings'],
): readonly ReportedResource[] =>
  readings.size === 0
    ? resources
    : resources.map((one) => {
        const own = readings.get(addressOf(one.kind, one.name));
        return own ? { ...one, readings: own } : one;
      });

/** Whether a resource was deleted for good, and not to be replaced. */
const isGone = (actions: readonly ReportedAction[]): boolean =>
  actions.some(({ verb, outcome }) => verb === 'delete' && outcome === 'done') &&
  !actions.some(({ verb }) => verb === 'create');

const quiet = new WeakMap<
  Plan,
  {
    readonly conditions: Memory['conditions'];
    readonly resources: readonly ReportedResource[];
  }
>();

/**
 * The resources of a plan that does nothing. Reports of the same plan and conditions share them where each has been in its status for
 * a while, so that no time of this pass is in them.
 */
function quietResources(
  plan: Plan,
  conditions: Memory['conditions'],
  now: string,
): readonly ReportedResource[] {
  const known = quiet.get(plan);
  if (known?.conditions === conditions) return known.resources;
  const resources = plan.assessments.map((one) => reportedResource(one, [], conditions, now));
  if (resources.every(({ since }) => since !== now)) quiet.set(plan, { conditions, resources });
  return resources;
}

/** An action as reports show it; without an outcome, it is planned or blocked. */
export function reportedAction(action: Action, outcome: Outcome | undefined): ReportedAction {
  const { id, verb, kind, name, changes, held, resourceId, liveName, note } = action;
  return {
    id,
    verb,
    kind,
    name,
    resourceId: outcome?.resourceId ?? resourceId ?? null,
    ...(liveName === undefined ? {} : { liveName }),
    changes,
    requires: comesAfter(action),
    ...('relation' in action
      ? { relation: action.relation, member: action.memberName }
      : { relation: null, member: null }),
    outcome: outcome?.result ?? (held === undefined ? 'planned' : 'blocked'),
    error: outcome?.error ?? held ?? null,
    note: outcome?.note ?? note ?? null,
    attempts: outcome?.attempts ?? 0,
  };
}

function reportedResource(
  assessment: Assessment,
  actions: readonly ReportedAction[],
  conditions: Memory['conditions'],
  now: string,
): ReportedResource {
  const { kind, name, changes, unverifiable } = assessment;
  const { status, reason } = afterwards(assessment, actions);
  const before = conditions.get(addressOf(kind, name));
  const created = actions.find(({ verb }) => verb === 'create')?.resourceId;
  return {
    kind,
    name,
    id: assessment.id ?? created ?? null,
    status,
    changes: status === 'inSync' ? nothing : changes,
    unverifiable,
    reason: reason ?? null,
    since: before?.status === status ? before.since : now,
    source: assessment.source ?? null,
  };
}

/** What the guard has said of a resource stays true, whatever else was done to it. */
const isWithheld = (status: Status, actions: readonly ReportedAction[]): boolean =>
  status === 'blocked' ||
  status === 'contended' ||
  actions.some(({ outcome }) => outcome === 'blocked');

/** What is true of a resource once its actions have ended. */
function afterwards(
  { status, reason }: Assessment,
  actions: readonly ReportedAction[],
): { status: Status; reason?: string | undefined } {
  const failed = actions.find(({ outcome }) => outcome === 'failed');
  if (failed) return { status: 'failed', reason: `${failed.id}: ${failed.error}` };
  if (actions.length === 0 || isWithheld(status, actions)) return { status, reason };
  if (actions.some(({ outcome }) => outcome === 'pending'))
    return { status: 'pending', reason: 'the API is at work on it' };
  const left = actions.find(({ outcome }) => outcome !== 'done');
  if (left) return { status, reason: `${left.id} was ${left.outcome}: ${left.error}` };
  return { status: status === 'orphaned' ? status : 'inSync' };
}

function summaryOf(
  resources: readonly ReportedResource[],
  actions: readonly ReportedAction[],
): Summary {
  const count = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
  for (const { status } of resources) count[status] += 1;
  return { ...count, actions: countByVerb(actions) };
}

/** Actions by verb; those that are held are not counted. */
function countByVerb(actions: readonly ReportedAction[]): Summary['actions'] {
  const byVerb = Object.fromEntries(verbs.map((verb) => [verb, 0])) as Record<Verb, number>;
  for (const { verb, outcome } of actions) if (outcome !== 'blocked') byVerb[verb] += 1;
  return byVerb;
}
