import { writeFile } from 'node:fs/promises';
import { loadCatalog } from '../kinds/lib/load.ts';
import { savedPlan } from '../reconcile/savedPlan.ts';
import { prepare, reportOn } from '../reconcile/pass.ts';
import { openWorkspace } from './compose.ts';
import { requireConfig } from './config.ts';
import type { Context } from './context.ts';
import { isInSync, printReport, refuseWrongKey, requireReportFormat } from './print.ts';

/** `holdfast plan` and `holdfast drift`: one observation, and what a pass would do. Sends GET requests only. */
export async function plan(
  context: Context,
  { simulate, out }: { simulate: string | undefined; out?: string | undefined },
): Promise<number> {
  requireReportFormat(context);
  const catalog = await loadCatalog();
  const { state, settings } = await requireConfig(context, catalog);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate,
    readOnly: true,
  });
  const policy = { ...settings, force: false };
  const prepared = await prepare(workspace, state, policy, 'cli');
  const report = reportOn(workspace, policy, prepared);
  refuseWrongKey(report);
  if (out !== undefined)
    await writeFile(
      out,
      `${JSON.stringify(savedPlan(prepared, report, workspace.store.digest), null, 2)}\n`,
    );
  printReport(context, report);
  if (!report.complete) return 1;
  return isInSync(report) ? 0 : 2;
}
