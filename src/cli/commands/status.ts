import { existsSync } from 'node:fs';
import { needsAttention } from '../../model/pass/attention.ts';
import { everything } from '../../model/pass/suspension.ts';
import type { PassSummary, Report } from '../../model/pass/report.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import { addressOf, type Address, type Desired } from '../../model/resource.ts';
import type { StoreSettings } from '../../model/settings.ts';
import { StoreError, type Store } from '../../model/store.ts';
import { jsonText } from '../../model/text/visible.ts';
import { systemClock } from '../../model/time/clock.ts';
import { teamStatusText } from '../../console/status/statusText.ts';
import { isConverged, type TeamStatus } from '../../console/status/teamStatus.ts';
import { requireFormat } from '../../console/printReport.ts';
import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { wakesInEffect } from '../../reconcile/plan/power/wakeable.ts';
import { readReport } from '../../report/reportFiles.ts';
import type { Status } from '../../server/views.ts';
import { workspaceOf, type Context } from '../../setup/context.ts';
import { simulatorFile } from '../../setup/defaults.ts';
import { requireConfig, type Config } from '../../setup/loadConfig.ts';
import { storeSettingsFor } from '../../setup/team/openWorkspace.ts';
import { createServerClient, type ServerClient } from '../../setup/serverClient.ts';
import { readStore, storeName } from '../../store/open.ts';
import type { Where } from '../options.ts';

/** `holdfast status`: prints the last passes and what is not in sync, from the store or a running daemon. */
export async function status(context: Context, { server, simulate }: Where): Promise<number> {
  requireFormat(context);
  if (server !== undefined) {
    const client = createServerClient(server, context);
    const none = `no pass of ${client.url} has ended yet`;
    return print(context, { server: client.url }, await statusOfDaemon(client), none);
  }
  const catalog = await loadCatalog();
  const config = await requireConfig(context, catalog);
  const storeSettings = storeSettingsFor(config.settings.store, simulate);
  await using store = await readStore(storeSettings, workspaceOf(context));
  return print(
    context,
    { store: storeName(storeSettings) },
    await statusIn(store, config, catalog),
    noPass(storeSettings, simulate),
  );
}

/** The number of last passes. */
const passesShown = 5;

async function statusIn(store: Store, config: Config, catalog: Catalog): Promise<TeamStatus> {
  const now = systemClock.now();
  const { suspended, wakes } = await store.memory(now);
  const desired = byAddress(config.state.resources);
  const awake = wakesInEffect(catalog, desired, wakes, now);
  const passes = await store.passes(passesShown);
  return {
    passes,
    findings: (await store.lastConditions())
      .filter(({ status: word }) => needsAttention(word))
      .map(({ address, status: word, since, reason }) => ({
        address,
        status: word,
        since,
        reason,
      })),
    suspensions: [...suspended].map(([target, suspension]) => ({ target, ...suspension })),
    wakes: [...awake].map(([address, { until, by }]) => ({ address, until, by })),
    configError: null,
    nextPass: null,
    currentPass: null,
    notifications: [],
    notReady: null,
    ...(await lastReportIn(config, passes[0])),
  };
}

const byAddress = (resources: readonly Desired[]): ReadonlyMap<Address, Desired> =>
  new Map(resources.map((resource) => [resource.address, resource]));

/** What the store does not keep of the last pass. Its report may have been removed. */
async function lastReportIn(
  { settings, state }: Config,
  last: PassSummary | undefined,
): Promise<Pick<TeamStatus, 'incomplete' | 'reportError' | 'configChanged'>> {
  try {
    const report = last && (await readReport(settings.reports.directory, last.pass));
    return {
      incomplete: report?.incomplete ?? [],
      reportError: null,
      configChanged: report !== undefined && report.revision !== state.revision,
    };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { incomplete: [], reportError: error.message, configChanged: false };
  }
}

/** Asks a daemon. What is not in sync is in the report of its last pass. */
async function statusOfDaemon(client: ServerClient): Promise<TeamStatus> {
  const {
    suspended = null,
    lastPass = null,
    configError = null,
    nextPass = null,
    currentPass = null,
    notifications = [],
  } = (await client.get('/api/v1/status')) as Partial<Status>;
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
    wakes: (report?.resources ?? []).flatMap(({ kind, name, wake }) =>
      wake ? [{ address: addressOf(kind, name), ...wake }] : [],
    ),
    incomplete: report?.incomplete ?? [],
    reportError: null,
    notReady: (await client.whyNotReady()) ?? null,
    configChanged: false,
    configError,
    nextPass,
    currentPass,
    notifications,
  };
}

/** Prints it, and returns the exit code. `source`: where it comes from, for JSON. */
function print(context: Context, source: object, found: TeamStatus, none: string): number {
  const { options, out, paint } = context;
  out(
    options.format === 'json'
      ? `${jsonText({ ...source, ...found }, 2)}\n`
      : teamStatusText(found, { now: systemClock.now(), paint, none }),
  );
  return isConverged(found) ? 0 : 2;
}

/** The message for an empty store: its name, and where to find the passes of the simulated team. */
function noPass(settings: StoreSettings, simulate: string | undefined): string {
  const isMissing = settings.type === 'sqlite' && !existsSync(settings.path);
  const suffix = isMissing ? ', which does not exist' : '';
  const hint =
    simulate === undefined && existsSync(simulatorFile)
      ? `; the simulated team has its own store: holdfast status --simulate`
      : '';
  return `no pass has ended yet in the store ${storeName(settings)}${suffix}${hint}`;
}
