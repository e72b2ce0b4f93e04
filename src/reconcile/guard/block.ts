import type { Action, Assessment, Status } from '../../model/pass/plan.ts';
import { addressOf, type Address } from '../../model/resource.ts';

const severity: readonly (Status | undefined)[] = ['blocked', 'failed', 'contended'];

/** The more severe of two statuses of a resource with a blocked action: contended, then failed, then blocked. */
export const worse = (current: Status | undefined, added: Status): Status =>
  current !== undefined && severity.indexOf(current) > severity.indexOf(added) ? current : added;

/**
 * The assessments, with a status and a reason for each resource whose actions are newly blocked: the reason of its
 * first such action, and its status in `statuses`, by default `blocked`. `before` and `after` hold the same actions in
 * the same order. Pure.
 */
export function markBlocked(
  assessments: readonly Assessment[],
  before: readonly Action[],
  after: readonly Action[],
  statuses: ReadonlyMap<Address, Status> = new Map(),
): readonly Assessment[] {
  const reasons = new Map<Address, string>();
  for (const [index, { kind, name, blockedReason }] of after.entries()) {
    const address = addressOf(kind, name);
    if (
      blockedReason !== undefined &&
      before[index]?.blockedReason === undefined &&
      !reasons.has(address)
    )
      reasons.set(address, blockedReason);
  }
  if (reasons.size === 0) return assessments;
  return assessments.map((assessment) => {
    const address = addressOf(assessment.kind, assessment.name);
    const reason = reasons.get(address);
    if (reason === undefined) return assessment;
    const status = worse(assessment.status, statuses.get(address) ?? 'blocked');
    return {
      ...assessment,
      status,
      reason: assessment.reason ? `${assessment.reason}; ${reason}` : reason,
    };
  });
}
