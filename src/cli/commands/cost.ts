import { costReport } from '../../cost/costReport.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { jsonText } from '../../model/text/visible.ts';
import { costReportText } from '../../report/money/costReportText.ts';
import { requireFormat } from '../../console/printReport.ts';
import { openTeam } from '../../setup/team/openTeam.ts';
import type { Context } from '../../setup/context.ts';

/**
 * `holdfast cost`: prints what the team cost, as the passes recorded it, and the forecast of the month. Sends GET
 * requests only. `since`: seconds before now.
 */
export async function cost(
  context: Context,
  { by, since, simulate }: { by: string; since: number; simulate: string | undefined },
): Promise<number> {
  requireFormat(context);
  const catalog = await loadCatalog();
  await using team = await openTeam(context, catalog, simulate);
  const { startedAt: now } = team.prepared;
  const { budgets } = team.report;
  const report = await costReport(team.workspace.store, team.prepared, {
    kinds: catalog.kinds,
    by,
    since: new Date(now.getTime() - since * 1000),
    now,
  });
  const withBudgets = budgets ? { ...report, budgets } : report;
  context.out(
    context.options.format === 'json'
      ? `${jsonText(withBudgets, 2)}\n`
      : costReportText(withBudgets, context.paint),
  );
  return 0;
}
