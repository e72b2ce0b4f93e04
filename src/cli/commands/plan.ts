import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { UnsafePathError, writeOwnFile } from '../../model/files/privateFiles.ts';
import { jsonText } from '../../model/text/visible.ts';
import { savedPlan, type SavedPlan } from '../../reconcile/guard/savedPlan.ts';
import { prepare, reportOn } from '../../reconcile/pass.ts';
import { openWorkspace } from '../../setup/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import {
  isInSync,
  printReport,
  refuseWrongKey,
  requireReportFormat,
  tellIncomplete,
} from '../../console/printReport.ts';
import { systemErrorText } from '../../console/systemError.ts';

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
  if (out !== undefined) await save(out, savedPlan(prepared, report, workspace.store.digest));
  printReport(context, report);
  if (!report.complete) {
    tellIncomplete(context, report);
    return 1;
  }
  return isInSync(report) ? 0 : 2;
}

/** Writes a plan to a file that only this user can read: it holds what scripts and names say. */
async function save(file: string, content: SavedPlan): Promise<void> {
  try {
    await writeOwnFile(file, `${jsonText(content, 2)}\n`);
  } catch (error) {
    const why = error instanceof UnsafePathError ? error.message : systemErrorText(error);
    if (why === undefined) throw error;
    throw new UserError(`--out ${file}: the plan was not written: ${why}`, { cause: error });
  }
}
