import { costReport } from '../../cost/costReport.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { monthOf } from '../../model/money/ledger.ts';
import { jsonText } from '../../model/text/visible.ts';
import { prepare } from '../../reconcile/preparePass.ts';
import { reportOn } from '../../reconcile/reportPass.ts';
import { costReportText } from '../../report/money/costReportText.ts';
import { refuseWrongKey, requireFormat } from '../../console/printReport.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { openWorkspace } from '../../setup/openWorkspace.ts';
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
  const { state, settings } = await requireConfig(context, catalog);
  await using workspace = await openWorkspace(context, catalog, settings, {
    simulate,
    readOnly: true,
  });
  const policy = { ...settings, force: false };
  const prepared = await prepare(workspace, state, policy, 'cli');
  const { incomplete, budgets } = reportOn(workspace, policy, prepared);
  refuseWrongKey({ incomplete });
  const { snapshot, memory, startedAt: now } = prepared;
  const from = new Date(now.getTime() - since * 1000);
  const first = from < monthOf(now) ? from : monthOf(now);
  const { rows } = await workspace.store.costs(first.toISOString());
  const report = costReport(
    rows,
    { by, since: from },
    {
      kinds: catalog.kinds,
      snapshot,
      resources: state.resources,
      memory,
      prices: settings.prices,
      now,
      ...(budgets ? { budgets } : {}),
    },
  );
  context.out(
    context.options.format === 'json'
      ? `${jsonText(report, 2)}\n`
      : costReportText(report, context.paint),
  );
  return 0;
}
