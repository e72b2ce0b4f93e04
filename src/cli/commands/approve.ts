import type { Report } from '../../model/pass/report.ts';
import { systemClock } from '../../model/time/clock.ts';
import { confirm } from '../../console/confirm.ts';
import { printReport } from '../../console/printReport.ts';
import { approvePlan } from '../../daemon/http/control.ts';
import { readReport } from '../../report/reportFiles.ts';
import { cliActor } from '../../setup/actor.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { openFreeStore } from '../../setup/team/openFreeStore.ts';
import { createServerClient } from '../../setup/serverClient.ts';
import type { Where } from '../options.ts';

/**
 * `holdfast approve PASS`: approves the plan of the last pass, after it has shown it and asked. It lifts the limits of
 * the next pass if that has the same plan.
 */
export async function approve(
  context: Context,
  { pass, yes, server, simulate }: Where & { readonly pass: string; readonly yes: boolean },
): Promise<number> {
  if (server !== undefined) {
    const client = createServerClient(server, context);
    const path = `/api/v1/passes/${encodeURIComponent(pass)}`;
    const report = (await client.get(path)) as Report;
    if (!(await isConfirmed(context, report, yes))) return 1;
    await client.post(`${path}/approve`, { digest: report.digest });
    return approved(context, report);
  }
  await using free = await openFreeStore(context, simulate);
  const report = await readReport(free.settings.reports.directory, pass);
  if (!report)
    throw new UserError(
      `no report of the pass ${pass} is kept; holdfast status lists the last ones`,
    );
  const [last] = await free.store.passes(1);
  if (!(await isConfirmed(context, report, yes))) return 1;
  const result = await approvePlan(
    free.store,
    { report, last: last?.pass, digest: report.digest },
    { actor: cliActor(), now: systemClock.now(), commit: free.commit },
  );
  if (result !== 'approved')
    throw new UserError(
      `nothing was done: only the plan of the last pass can be approved, and ${pass} is older`,
    );
  return approved(context, report);
}

/** Shows what the approval covers, and asks; with `--yes` it asks nothing. */
const isConfirmed = async (context: Context, report: Report, yes: boolean): Promise<boolean> =>
  yes ||
  confirm('approve', context.err, () => {
    printReport({ ...context, options: { ...context.options, format: 'text' } }, report);
    context.out('This approves exactly that plan: no limit holds it in the next pass.\n');
  });

function approved({ out }: Context, { pass, digest }: Report): number {
  out(`the plan of pass ${pass} is approved for the next pass (digest ${digest.slice(0, 12)})\n`);
  return 0;
}
