import type { Condition } from '../model/store.ts';
import { visible } from '../model/visible.ts';
import type { PassSummary } from '../model/report.ts';
import { loadCatalog } from '../kinds/lib/load.ts';
import { openStore } from '../state/open.ts';
import { storeOf } from './compose.ts';
import { requireConfig } from './config.ts';
import type { Context } from './context.ts';
import { requireFormat } from './print.ts';

const quiet: ReadonlySet<string> = new Set(['inSync', 'orphaned', 'unmanaged']);

/** `holdfast status`: the last passes and what is not in sync, from the store alone. */
export async function status(
  context: Context,
  { simulate }: { simulate: string | undefined },
): Promise<number> {
  requireFormat(context);
  const { settings } = await requireConfig(context, await loadCatalog());
  await using store = await openStore(storeOf(settings.store, simulate), true);
  const passes = await store.passes(5);
  const findings = (await store.findings()).filter((one) => !quiet.has(one.status));
  context.out(
    context.options.format === 'json'
      ? `${JSON.stringify({ passes, findings }, null, 2)}\n`
      : text(context, passes, findings),
  );
  return passes.length > 0 && findings.length === 0 ? 0 : 2;
}

function text(
  { paint }: Context,
  passes: readonly PassSummary[],
  findings: readonly Condition[],
): string {
  if (passes.length === 0) return 'no pass has ended yet\n';
  return [
    'Last passes',
    ...passes.map(({ finishedAt, trigger, mode, summary }) => {
      const counts = Object.entries(summary)
        .filter(([, count]) => typeof count === 'number' && count > 0)
        .map(([word, count]) => `${count as number} ${word}`);
      return `  ${finishedAt}  ${trigger.padEnd(8)}  ${mode.padEnd(7)}  ${counts.join(', ')}`;
    }),
    '',
    findings.length === 0 ? paint('green', 'All in sync.') : 'Not in sync',
    ...findings.map(
      (one) =>
        `  ${paint('red', one.status.padEnd(9))}  ${visible(`${one.address}  since ${one.since}${one.reason ? `: ${one.reason}` : ''}`)}`,
    ),
    '',
  ].join('\n');
}
