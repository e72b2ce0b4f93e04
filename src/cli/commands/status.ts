import { needsAttention } from '../../model/pass/attention.ts';
import { existsSync } from 'node:fs';
import type { Condition } from '../../model/memory.ts';
import {
  everything,
  suspensionText,
  type Suspension,
  type SuspensionTarget,
} from '../../model/pass/suspension.ts';
import { systemClock } from '../../model/time/clock.ts';
import { jsonText, visible } from '../../model/text/visible.ts';
import type { PassSummary } from '../../model/pass/report.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { readStore } from '../../store/open.ts';
import { pathOf } from '../../store/sqlite/storePlace.ts';
import { storeSettingsFor } from '../../setup/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import type { Context } from '../../setup/context.ts';
import { simulatorFile } from '../../setup/defaults.ts';
import { requireFormat } from '../../console/printReport.ts';

/** `holdfast status`: prints the last passes and what is not in sync. Reads only the store. */
export async function status(
  context: Context,
  { simulate }: { simulate: string | undefined },
): Promise<number> {
  requireFormat(context);
  const { settings } = await requireConfig(context, await loadCatalog());
  const storeSettings = storeSettingsFor(settings.store, simulate);
  await using store = await readStore(storeSettings);
  const passes = await store.passes(5);
  const findings = (await store.lastConditions()).filter((condition) =>
    needsAttention(condition.status),
  );
  const { suspended } = await store.memory(systemClock.now());
  const suspensions = [...suspended].map(([target, suspension]) => ({ target, ...suspension }));
  context.out(
    context.options.format === 'json'
      ? `${jsonText({ store: pathOf(storeSettings), passes, findings, suspensions }, 2)}\n`
      : passes.length === 0
        ? noPass(pathOf(storeSettings), simulate)
        : `${suspensionLines(context, suspensions)}${statusText(context, passes, findings)}`,
  );
  return passes.length > 0 && findings.length === 0 ? 0 : 2;
}

/** The message for an empty store: its path, and where to find the passes of the simulated team. */
function noPass(path: string, simulate: string | undefined): string {
  const suffix = existsSync(path) ? '' : ', which does not exist';
  const hint =
    simulate === undefined && existsSync(simulatorFile)
      ? `; the simulated team has its own store: holdfast status --simulate`
      : '';
  return `no pass has ended yet in the store ${visible(path)}${suffix}${hint}\n`;
}

/** A line for each suspension. */
const suspensionLines = (
  { paint }: Context,
  suspensions: readonly (Suspension & { readonly target: SuspensionTarget })[],
): string =>
  suspensions
    .map(({ target, ...suspension }) => {
      const what = target === everything ? 'Everything' : target;
      return `${paint('yellow', visible(`${what} is ${suspensionText(suspension)}`))}\n`;
    })
    .join('');

function statusText(
  { paint }: Context,
  passes: readonly PassSummary[],
  findings: readonly Condition[],
): string {
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
      (condition) =>
        `  ${paint('red', condition.status.padEnd(9))}  ${visible(`${condition.address}  since ${condition.since}${condition.reason ? `: ${condition.reason}` : ''}`)}`,
    ),
    '',
  ].join('\n');
}
