import { loadCatalog } from '../../kinds/lib/catalog.ts';
import { systemClock } from '../../model/time/clock.ts';
import type { Catalog } from '../../model/kind/kind.ts';
import type { Settings } from '../../model/settings.ts';
import { startLoop, type Loop } from '../../reconcile/loop.ts';
import { createEvents } from '../../server/events.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createAlarm } from '../../triggers/wake.ts';
import {
  openWorkspace,
  type ConnectOptions,
  type OpenWorkspace,
} from '../../setup/team/openWorkspace.ts';
import { operatorFileOf } from '../../setup/loadConfig.ts';
import { UserError, type Context } from '../../setup/context.ts';
import { createCallers } from '../../daemon/callers.ts';
import { daemonPass, type LastPass } from '../../daemon/passes.ts';
import { listenForStop, untilStopped, type Stop } from '../../daemon/shutdown.ts';
import { startTriggers } from '../../daemon/triggers.ts';
import { followConfig } from '../../daemon/config/followConfig.ts';
import type { FollowedConfig } from '../../daemon/config/followedConfig.ts';
import { requireReportFormat } from '../../console/printReport.ts';
import { createServer, type Server } from '../../daemon/http/serve.ts';
import type { Served, Standing } from '../../daemon/http/served.ts';
import { createForge } from '../../daemon/forge.ts';
import { createLivePass } from '../../daemon/livePass.ts';
import { createNotifications } from '../../daemon/notifications.ts';
import { createWatchdog, type Watchdog } from '../../daemon/watchdog.ts';

/** `holdfast run`: runs passes on a schedule and whenever the config changes, until it is stopped. */
export async function run(
  context: Context,
  { simulate, acceptTeam }: { simulate: string | undefined; acceptTeam: boolean },
): Promise<number> {
  requireReportFormat(context);
  const stop = listenForStop(context);
  // The passes act on a reload; until they start, the signal must not end the process.
  process.on('SIGHUP', () => undefined);
  const catalog = await loadCatalog();
  await using config = await followConfig(context, catalog);
  const daemon = createDaemon(context, config);
  await using server = await createServer(context, daemon);
  const { standing, metrics } = daemon;
  await using workspace = await openWhenFree(context, catalog, config.current().settings, {
    simulate,
    acceptTeam,
    wait: stop.signal,
    onRequest: metrics.requestEnded,
    async onHeld(heldBy) {
      standing.heldBy = heldBy;
      await serveMeanwhile(context, server);
    },
  });
  if (!workspace) return 0;
  standing.workspace = workspace;
  try {
    return await runPasses(context, workspace, daemon, server, stop);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** The state that the server shows, as it is before the first pass. */
interface Daemon extends Served {
  readonly watchdog: Watchdog;
  readonly standing: Standing;
  next: Served['next'];
  request: Served['request'];
  fetch: Served['fetch'];
  notifications: Served['notifications'];
}

function createDaemon({ log }: Context, config: FollowedConfig): Daemon {
  const metrics = createMetrics(() => config.current().settings.metrics.labels);
  const events = createEvents(systemClock);
  const listeners: LastPass['listeners'] = new Set([metrics.passEnded, events.passEnded]);
  return {
    standing: { workspace: undefined, heldBy: undefined },
    config,
    last: { report: undefined, listeners },
    watchdog: createWatchdog(systemClock, log),
    metrics,
    events,
    next: () => null,
    request() {},
    fetch() {},
    notifications: () => [],
  };
}

/** Runs passes until Holdfast is stopped. */
async function runPasses(
  context: Context,
  workspace: OpenWorkspace,
  daemon: Daemon,
  server: Server,
  stop: Stop,
): Promise<number> {
  const { config, last } = daemon;
  const callers = createCallers();
  using wake = createAlarm(workspace.clock, () => loop.request('schedule'));
  await using notifications = createNotifications(
    context,
    workspace,
    config,
    daemon.metrics.notificationEnded,
  );
  daemon.notifications = () => notifications.status();
  await using forge = createForge(context, workspace.name, config);
  using live = createLivePass(context.status, workspace.clock, {
    last: () => ({ ...last, configError: config.error() }),
    next: () => daemon.next(),
    stop: stop.signal,
  });
  const pass = daemonPass({
    context,
    workspace,
    config,
    last,
    wake,
    callers,
    watchdog: daemon.watchdog,
    notifications,
    forge,
    live,
    request: (trigger) => loop.request(trigger),
    onEffects: (effects) => triggers.passEnded(effects),
  });
  const loop: Loop = startLoop(pass);
  await using triggers = await startTriggers(context, {
    config,
    loop,
    workspace,
    isPassing: () => daemon.watchdog.current() !== undefined,
    stop: stop.signal,
  });
  daemon.next = () => triggers.next();
  daemon.request = (traceparent) => {
    callers.add(traceparent);
    loop.request('request');
  };
  daemon.fetch = () => triggers.fetch('webhook');
  const url = await server.start();
  const { mode } = config.current().settings;
  const settings = operatorFileOf(context)?.path;
  const { config: directory } = context.options;
  const nextPass = daemon.next();
  context.log.info({ url, mode, config: directory, settings, nextPass }, 'started');
  loop.request('start');
  return await untilStopped(context, workspace, loop, config, stop);
}

/**
 * Serves health and status while another process on this machine holds the store. That process may also have the
 * address, which is only logged.
 */
async function serveMeanwhile({ log }: Context, server: Server): Promise<void> {
  try {
    const url = await server.start();
    log.info({ url }, 'serving health and status while waiting');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.warn({ error: error.message }, 'not serving while waiting');
  }
}

/**
 * Opens the workspace as soon as no other process writes to its store; undefined if Holdfast is stopped while waiting.
 */
async function openWhenFree(
  context: Context,
  catalog: Catalog,
  settings: Settings,
  options: Pick<ConnectOptions, 'simulate' | 'acceptTeam' | 'onRequest' | 'onHeld'> & {
    readonly wait: AbortSignal;
  },
): Promise<OpenWorkspace | undefined> {
  try {
    return await openWorkspace(context, catalog, settings, { ...options, readOnly: false });
  } catch (error) {
    if (options.wait.aborted) return undefined;
    throw error;
  }
}
