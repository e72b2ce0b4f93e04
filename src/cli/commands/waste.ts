import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { jsonText } from '../../model/text/visible.ts';
import { observe } from '../../reconcile/observe/observe.ts';
import { prepare } from '../../reconcile/preparePass.ts';
import { reportOn } from '../../reconcile/reportPass.ts';
import { wasteText } from '../../report/money/wasteText.ts';
import { refuseWrongKey, requireFormat } from '../../console/printReport.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { openWorkspace } from '../../setup/openWorkspace.ts';
import type { Context } from '../../setup/context.ts';
import { findWaste, wasteKinds } from '../../waste/findWaste.ts';

/**
 * `holdfast waste`: lists what costs money and seems unused. Sends GET requests only. `off`: seconds after which a
 * machine that is off counts.
 */
export async function waste(
  context: Context,
  { off, simulate }: { off: number; simulate: string | undefined },
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
  refuseWrongKey(reportOn(workspace, policy, prepared));
  const unread = wasteKinds(catalog.kinds).filter((kind) => !prepared.snapshot.has(kind));
  const more = await observe(workspace, unread);
  const found = findWaste({
    kinds: catalog.kinds,
    snapshot: new Map([...prepared.snapshot, ...more]),
    resources: state.resources,
    memory: prepared.memory,
    prices: settings.prices,
    now: prepared.startedAt,
    offAfter: off * 1000,
  });
  context.out(
    context.options.format === 'json' ? `${jsonText(found, 2)}\n` : wasteText(found, context.paint),
  );
  return 0;
}
