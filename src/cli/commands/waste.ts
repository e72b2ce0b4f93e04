import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { jsonText } from '../../model/text/visible.ts';
import { observe } from '../../reconcile/observe/observe.ts';
import { wasteText } from '../../report/money/wasteText.ts';
import { requireFormat } from '../../console/printReport.ts';
import { openTeam } from '../../setup/team/openTeam.ts';
import { refuseWrongKey } from '../../setup/team/planOnce.ts';
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
  await using team = await openTeam(context, catalog, simulate);
  const { snapshot, memory, startedAt: now } = team.prepared;
  const unread = wasteKinds(catalog.kinds).filter((kind) => !snapshot.has(kind));
  const more = await observe(team.workspace, unread);
  const found = findWaste({
    kinds: catalog.kinds,
    snapshot: new Map([...snapshot, ...more]),
    resources: team.state.resources,
    memory,
    prices: team.settings.prices,
    now,
    offAfter: off * 1000,
  });
  refuseWrongKey(found);
  context.out(
    context.options.format === 'json' ? `${jsonText(found, 2)}\n` : wasteText(found, context.paint),
  );
  return 0;
}
