import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { UnsafePathError, writePrivateFile } from '../../model/files/privateFiles.ts';
import { jsonText } from '../../model/text/visible.ts';
import { savedPlan, type SavedPlan } from '../../reconcile/guard/savedPlan.ts';
import { prepare } from '../../reconcile/preparePass.ts';
import { reportOn } from '../../reconcile/reportPass.ts';
import { openWorkspace } from '../../setup/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import {
  isInSync,
  printReport,
  refuseWrongKey,
  requireReportFormat,
  printIncomplete,
} from '../../console/printReport.ts';
import { systemErrorText } from '../../console/systemError.ts';

/** `holdfast plan` and `holdfast drift`: observes once, and prints what a pass would do. Sends only GET requests. */
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
  if (out !== undefined) await writePlan(out, savedPlan(prepared, report, workspace.store.digest));
  printReport(context, report);
  if (!report.complete) {
    printIncomplete(context, report);
    return 1;
  }
  return isInSync(report) ? 0 : 2;
}

/** Writes a plan to a file that only this user can read: it contains scripts and names. */
async function writePlan(file: string, content: SavedPlan): Promise<void> {
  try {
    await writePrivateFile(file, `${jsonText(content, 2)}\n`);
  } catch (error) {
    const reason = error instanceof UnsafePathError ? error.message : systemErrorText(error);
    if (reason === undefined) throw error;
    throw new UserError(`--out ${file}: the plan was not written: ${reason}`, { cause: error });
  }
}
