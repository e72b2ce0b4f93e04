import type { Condition } from '../memory.ts';
import { splitAddress } from '../resource.ts';
import { statuses, type Status } from './plan.ts';
import type { Summary } from './report.ts';

/** The statuses that need no attention: in sync, or left alone on purpose. */
const settled: ReadonlySet<Status> = new Set(['inSync', 'orphaned', 'unmanaged']);

/** Whether a resource with this status may need a person, or another pass. */
export const needsAttention = (status: Status): boolean => !settled.has(status);

/** The number of resources that need attention. */
export const countNeedingAttention = (summary: Summary): number =>
  statuses.reduce((sum, status) => sum + (needsAttention(status) ? summary[status] : 0), 0);

/**
 * Returns by kind since when the resource that has needed attention longest has done so, in milliseconds since 1970.
 * A kind without such a resource is left out.
 */
export function oldestOpen(
  conditions: Iterable<Pick<Condition, 'address' | 'openSince'>>,
): ReadonlyMap<string, number> {
  const oldest = new Map<string, number>();
  for (const { address, openSince } of conditions) {
    if (openSince === null) continue;
    const { kind } = splitAddress(address);
    oldest.set(kind, Math.min(oldest.get(kind) ?? Infinity, Date.parse(openSince)));
  }
  return oldest;
}
