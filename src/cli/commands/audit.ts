import type { AuditEntry } from '../../model/audit.ts';
import { jsonText, visible } from '../../model/text/visible.ts';
import { systemClock } from '../../model/time/clock.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { readStore } from '../../store/open.ts';
import { requireFormat } from '../../console/printReport.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import { storeSettingsFor } from '../../setup/team/openWorkspace.ts';
import { workspaceOf, type Context } from '../../setup/context.ts';

/** `holdfast audit`: lists who did what, newest first, from the store. `since`: seconds before now. */
export async function audit(
  context: Context,
  { since, simulate }: { since: number | undefined; simulate: string | undefined },
): Promise<number> {
  requireFormat(context);
  const { settings } = await requireConfig(context, await loadCatalog());
  await using store = await readStore(
    storeSettingsFor(settings.store, simulate),
    workspaceOf(context),
  );
  const from =
    since === undefined
      ? undefined
      : new Date(systemClock.now().getTime() - since * 1000).toISOString();
  const items = await store.audit(from);
  context.out(
    context.options.format === 'json'
      ? `${jsonText({ schema: 'holdfast/audit/v1', items }, 2)}\n`
      : textOf(items),
  );
  return 0;
}

const textOf = (items: readonly AuditEntry[]): string =>
  items.length === 0 ? 'nothing was recorded\n' : items.map((item) => `${lineOf(item)}\n`).join('');

function lineOf({ at, actor, event, target, pass, commit, digest, outcome, detail }: AuditEntry) {
  const where = [
    ...(target === null ? [] : [target === '*' ? 'everything' : target]),
    ...(pass === null ? [] : [`pass ${pass}`]),
    ...(commit === null ? [] : [`commit ${commit.slice(0, 12)}`]),
    ...(digest === null ? [] : [`digest ${digest.slice(0, 12)}`]),
  ];
  const what = `${at}  ${actor}  ${event} ${outcome}  ${where.join(', ')}`.trimEnd();
  return visible(detail === null ? what : `${what}: ${detail}`);
}
