import type { DesiredState } from '../../model/resource.ts';
import type { Report } from '../../model/pass/report.ts';
import { noTracer } from '../../model/tracer.ts';
import { prepare } from '../../reconcile/preparePass.ts';
import { reportOn } from '../../reconcile/reportPass.ts';
import type { PlanningWorkspace, Policy, Prepared } from '../../reconcile/workspace.ts';
import { UserError } from '../context.ts';
import { requireSelected } from '../selection.ts';

/** A plan, and its report on the whole team. */
export interface Planned {
  readonly prepared: Prepared;
  readonly report: Report;
}

/**
 * Observes and plans once, with GET requests only. Rejects with a `UserError` if the API refuses the key, or if a
 * selector of the policy selects nothing.
 */
export async function planOnce(
  workspace: PlanningWorkspace,
  state: DesiredState,
  policy: Policy,
): Promise<Planned> {
  const prepared = await prepare(workspace, state, policy, 'cli');
  const report = reportOn(workspace, policy, prepared);
  refuseWrongKey(report);
  requireSelected(prepared, report);
  return { prepared, report };
}

/** As `planOnce`, as a pass of its own in the traces. */
export function planTraced(
  workspace: PlanningWorkspace,
  state: DesiredState,
  policy: Policy,
): Promise<Planned> {
  const { name, tracer = noTracer } = workspace;
  return tracer.pass({ workspace: name, trigger: 'cli' }, async () => {
    const planned = await planOnce(workspace, state, policy);
    tracer.reported(planned.report);
    return planned;
  });
}

/** Throws a `UserError` if the API refused the key for every list: one message instead of one for each kind. */
export function refuseWrongKey({ incomplete }: Pick<Report, 'incomplete'>): void {
  const [first] = incomplete;
  if (first && incomplete.every(({ error }) => / answered 401 /.test(error)))
    throw new UserError(first.error);
}
