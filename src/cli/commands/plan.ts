import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { planTeam, type PlanSource } from '../../setup/team/planTeam.ts';
import type { Context } from '../../setup/context.ts';
import {
  isInSync,
  printReport,
  requireReportFormat,
  printIncomplete,
} from '../../console/printReport.ts';
import { writeResult } from '../../console/writeResult.ts';
import { jsonText } from '../../model/text/visible.ts';

/** `holdfast plan` and `holdfast drift`: observes once, and prints what a pass would do. Sends only GET requests. */
export async function plan(
  context: Context,
  { out, ...source }: PlanSource & { readonly out: string | undefined },
): Promise<number> {
  requireReportFormat(context);
  const catalog = await loadCatalog();
  const { state, settings } = await requireConfig(context, catalog);
  const { report, saved } = await planTeam(context, { catalog, state, settings }, source);
  // It contains scripts and names, so only this user may read it.
  if (out !== undefined) await writeResult(out, 'the plan', `${jsonText(saved(), 2)}\n`);
  printReport(context, report);
  if (!report.complete) {
    printIncomplete(context, report);
    return 1;
  }
  return isInSync(report) ? 0 : 2;
}
