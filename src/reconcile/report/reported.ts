import type { Memory } from '../../model/memory.ts';
import type { Action, Assessment, Outcome, Status } from '../../model/pass/plan.ts';
import type { ReportedAction, ReportedResource } from '../../model/pass/report.ts';
import { addressOf } from '../../model/resource.ts';
import { comesAfter } from '../plan/order.ts';
import { nothing } from '../plan/planContext.ts';
import type { ResourceCosts } from './resourceCosts.ts';

/** An action as a report shows it. Without an outcome it is planned or blocked. */
export function reportedAction(action: Action, outcome: Outcome | undefined): ReportedAction {
  const { id, verb, kind, name, changes, blockedReason, resourceId, liveName, note } = action;
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
    outcome: outcome?.result ?? (blockedReason === undefined ? 'planned' : 'blocked'),
    error: outcome?.error ?? blockedReason ?? null,
    note: outcome?.note ?? note ?? null,
    attempts: outcome?.attempts ?? 0,
  };
}

/** What a reported resource depends on beside its assessment and its actions. */
export interface ReportedContext {
  readonly conditions: Memory['conditions'];
  /** The end of the pass, RFC 3339. */
  readonly now: string;
  readonly costOf: ResourceCosts;
}

/** The findings of a pass about a resource: an assessment, and what came of its actions. */
export function reportedResource(
  assessment: Assessment,
  actions: readonly ReportedAction[],
  { conditions, now, costOf }: ReportedContext,
): ReportedResource {
  const { kind, name, changes, unverifiable, labels } = assessment;
  const { status, reason } = statusAfter(assessment, actions);
  const before = conditions.get(addressOf(kind, name));
  const cost = costOf(assessment);
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
    ...(labels ? { labels } : {}),
    source: assessment.source ?? null,
    ...(cost ? { cost } : {}),
  };
}

/** Whether the guard blocked anything of a resource. Its status then stays, whatever other actions did. */
const isBlocked = (status: Status, actions: readonly ReportedAction[]): boolean =>
  status === 'blocked' ||
  status === 'contended' ||
  actions.some(({ outcome }) => outcome === 'blocked');

/** The status of a resource after its actions. */
function statusAfter(
  { status, reason }: Assessment,
  actions: readonly ReportedAction[],
): { status: Status; reason?: string | undefined } {
  const failed = actions.find(({ outcome }) => outcome === 'failed');
  if (failed) return { status: 'failed', reason: `${failed.id}: ${failed.error}` };
  if (actions.length === 0 || isBlocked(status, actions)) return { status, reason };
  if (actions.some(({ outcome }) => outcome === 'pending'))
    return { status: 'pending', reason: 'the API is at work on it' };
  const undone = actions.find(({ outcome }) => outcome !== 'done');
  if (undone) return { status, reason: `${undone.id} was ${undone.outcome}: ${undone.error}` };
  return { status: status === 'orphaned' ? status : 'inSync' };
}
