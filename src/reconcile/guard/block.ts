import type { Action, Assessment, Status } from '../../model/pass/plan.ts';
import { addressOf, type Address } from '../../model/resource.ts';

const severity: readonly (Status | undefined)[] = ['blocked', 'failed', 'contended'];

/** The status of two that counts more for a resource of which something is held. */
export const worse = (one: Status | undefined, other: Status): Status =>
  one !== undefined && severity.indexOf(one) > severity.indexOf(other) ? one : other;

/**
 * The assessments of resources of which more is held than before, with the first reason. `statuses`: what that makes of a resource; by
 * default it is blocked. Both lists hold the same actions in the same order. Pure.
 */
export function markHeld(
  assessments: readonly Assessment[],
  before: readonly Action[],
  after: readonly Action[],
  statuses: ReadonlyMap<Address, Status> = new Map(),
): readonly Assessment[] {
  const reasons = new Map<Address, string>();
  for (const [index, { kind, name, held }] of after.entries()) {
    const address = addressOf(kind, name);
    if (held !== undefined && before[index]?.held === undefined && !reasons.has(address))
      reasons.set(address, held);
  }
  if (reasons.size === 0) return assessments;
  return assessments.map((one) => {
    const address = addressOf(one.kind, one.name);
    const reason = reasons.get(address);
    if (reason === undefined) return one;
    const status = worse(one.status, statuses.get(address) ?? 'blocked');
    return { ...one, status, reason: one.reason ? `${one.reason}; ${reason}` : reason };
  });
}
