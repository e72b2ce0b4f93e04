import type { Flags } from '../elements/command.ts';
import { needsAttention } from '../../model/pass/attention.ts';
import type { Status } from '../../model/pass/plan.ts';
import type { Report, ReportedResource } from '../../model/pass/report.ts';
import type { Suspension, SuspensionTarget } from '../../model/pass/suspension.ts';
import { addressOf } from '../../model/resource.ts';
import { remedyOf, type Remedy } from './remedy.ts';

/** Resources that need a person for the same reason. */
export interface Need {
  readonly status: Status;
  readonly resources: readonly ReportedResource[];
  readonly reason: string | null;
  /** Since when the first of them has been in its status, RFC 3339. */
  readonly since: string;
  readonly remedy: Remedy;
}

/** The order in which people should look at them. */
const order: readonly Status[] = [
  'failed',
  'blocked',
  'ambiguous',
  'contended',
  'missing',
  'drifted',
  'pending',
];

/**
 * Groups the resources that need attention by status and reason: two hundred machines that a limit blocks are one need.
 * Resources with field changes of their own stand alone. Pure.
 */
export function needsOf(
  report: Report,
  suspended: ReadonlyMap<SuspensionTarget, Suspension>,
  flags: Flags,
): readonly Need[] {
  const open = report.resources.filter(({ status }) => needsAttention(status));
  const groups = Map.groupBy(open, ({ kind, name, status, reason }) =>
    JSON.stringify(reason === null ? [status, kind, name] : [status, reason]),
  );
  return [...groups.values()]
    .flatMap((resources) => {
      const [first] = resources;
      return first ? [needOf(first, resources, { report, suspended, flags })] : [];
    })
    .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

function needOf(
  first: ReportedResource,
  resources: readonly ReportedResource[],
  {
    report,
    suspended,
    flags,
  }: {
    readonly report: Report;
    readonly suspended: ReadonlyMap<SuspensionTarget, Suspension>;
    readonly flags: Flags;
  },
): Need {
  const isSuspended = suspended.has(addressOf(first.kind, first.name));
  return {
    status: first.status,
    resources,
    reason: first.reason,
    since: resources.map(({ since }) => since).toSorted()[0] ?? first.since,
    remedy: remedyOf(first, { report, flags, isSuspended }),
  };
}
