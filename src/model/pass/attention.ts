import { statuses, type Status } from './plan.ts';
import type { Summary } from './report.ts';

/** The statuses that need no attention: in sync, or left alone on purpose. */
const settled: ReadonlySet<Status> = new Set(['inSync', 'orphaned', 'unmanaged']);

/** Whether a resource with this status may need a person, or another pass. */
export const needsAttention = (status: Status): boolean => !settled.has(status);

/** The number of resources that need attention. */
export const countNeedingAttention = (summary: Summary): number =>
  statuses.reduce((sum, status) => sum + (needsAttention(status) ? summary[status] : 0), 0);
