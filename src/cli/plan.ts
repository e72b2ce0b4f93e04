import { writeFile } from 'node:fs/promises';
import { loadCatalog } from '../kinds/lib/load.ts';
import { prepare, reportOn } from '../reconcile/pass.ts';
import { openWorkspace } from './compose.ts';
import { requireConfig } from './config.ts';
import type { Context } from './context.ts';
import { isInSync, printReport, refuseWrongKey, requireFormat } from './print.ts';

/** `holdfast plan` and `holdfast drift`: one observation, and what a pass would do. Sends GET requests only. */
export async function plan(
  context: Context,
  { simulate, out }: { simulate: string | undefined; out?: string | undefined },
): Promise<number> {
  requireFormat(context);
  const catalog = await loadCatalog();
  const { state, settings } = await requireConfig(context, catalog);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate,
    readOnly: true,
  });
  const policy = { ...settings, force: false };
  const report = reportOn(workspace, policy, await prepare(workspace, state, policy, 'cli'));
  refuseWrongKey(report);
  if (out !== undefined) await writeFile(out, `${JSON.stringify(report, null, 2)}\n`);
  printReport(context, report);
  if (!report.complete) return 1;
  return isInSync(report) ? 0 : 2;
}
