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
import type { PassSummary, Report } from '../../model/pass/report.ts';
import { addressOf } from '../../model/resource.ts';
import type { Store } from '../../model/store.ts';
import type { Status } from '../../server/views.ts';
import { createServerClient, type ServerClient } from '../../setup/serverClient.ts';
import type { Where } from '../options.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { readStore } from '../../store/open.ts';
import { pathOf } from '../../store/sqlite/storePlace.ts';
import { storeSettingsFor } from '../../setup/openWorkspace.ts';
import { requireConfig } from '../../setup/loadConfig.ts';
import type { Context } from '../../setup/context.ts';
import { simulatorFile } from '../../setup/defaults.ts';
import { requireFormat } from '../../console/printReport.ts';

/** A resource that needs attention. */
type Finding = Pick<Condition, 'address' | 'status' | 'since' | 'reason'>;

/** What status prints. */
interface Found {
  readonly passes: readonly PassSummary[];
  readonly findings: readonly Finding[];
  readonly suspensions: readonly (Suspension & { readonly target: SuspensionTarget })[];
}

/** `holdfast status`: prints the last passes and what is not in sync, from the store or a running daemon. */
export async function status(context: Context, { server, simulate }: Where): Promise<number> {
  requireFormat(context);
  if (server !== undefined) {
    const client = createServerClient(server, context);
    const found = await foundBy(client);
    return print(
      context,
      { server: client.url },
      found,
      `no pass of ${client.url} has ended yet\n`,
    );
  }
  const { settings } = await requireConfig(context, await loadCatalog());
  const storeSettings = storeSettingsFor(settings.store, simulate);
  await using store = await readStore(storeSettings);
  const path = pathOf(storeSettings);
  return print(context, { store: path }, await foundIn(store), noPass(path, simulate));
}

async function foundIn(store: Store): Promise<Found> {
  const { suspended } = await store.memory(systemClock.now());
  return {
    passes: await store.passes(passesShown),
    findings: (await store.lastConditions())
      .filter(({ status: word }) => needsAttention(word))
      .map(({ address, status: word, since, reason }) => ({
        address,
        status: word,
        since,
        reason,
      })),
    suspensions: [...suspended].map(([target, suspension]) => ({ target, ...suspension })),
  };
}

/** Asks a daemon. What is not in sync is in the report of its last pass. */
async function foundBy(client: ServerClient): Promise<Found> {
  const { suspended = null, lastPass } = (await client.get('/api/v1/status')) as Partial<Status>;
  const { items } = (await client.get(`/api/v1/passes?limit=${passesShown}`)) as {
    readonly items: readonly PassSummary[];
  };
  const report = lastPass && ((await client.get(`/api/v1/passes/${lastPass.pass}`)) as Report);
  return {
    passes: items,
    findings: (report?.resources ?? [])
      .filter(({ status: word }) => needsAttention(word))
      .map(({ kind, name, status: word, since, reason }) => ({
        address: addressOf(kind, name),
        status: word,
        since,
        reason,
      })),
    suspensions: suspended ? [{ target: everything, ...suspended }] : [],
  };
}

/** Prints it, and returns the exit code. `source`: where it comes from, for JSON. */
function print(context: Context, source: object, found: Found, none: string): number {
  const { passes, findings, suspensions } = found;
  context.out(
    context.options.format === 'json'
      ? `${jsonText({ ...source, ...found }, 2)}\n`
      : suspensionLines(context, suspensions) +
          (passes.length === 0 ? none : statusText(context, passes, findings)),
  );
  return passes.length > 0 && findings.length === 0 ? 0 : 2;
}

/** The number of last passes. */
const passesShown = 5;

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
const suspensionLines = ({ paint }: Context, suspensions: Found['suspensions']): string =>
  suspensions
    .map(({ target, ...suspension }) => {
      const what = target === everything ? 'Everything' : target;
      return `${paint('yellow', visible(`${what} is ${suspensionText(suspension)}`))}\n`;
    })
    .join('');

function statusText(
  { paint }: Context,
  passes: readonly PassSummary[],
  findings: readonly Finding[],
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
