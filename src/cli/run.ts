import { loadCatalog } from '../kinds/lib/load.ts';
import type { Catalog } from '../model/kind.ts';
import type { Settings } from '../model/settings.ts';
import { cronSchedule, type Schedule } from '../triggers/schedule.ts';
import { createWake } from '../triggers/wake.ts';
import { watchFiles } from '../triggers/watch.ts';
import { createEvents } from '../server/events.ts';
import { createMetrics } from '../server/metrics.ts';
import { startLoop, type Loop } from '../reconcile/loop.ts';
import { openWorkspace, type ConnectOptions, type OpenWorkspace } from './compose.ts';
import { followConfig, type FollowedConfig } from './followConfig.ts';
import type { Context } from './context.ts';
import { daemonPass, type LastPass } from './daemonPass.ts';
import { requireReportFormat } from './print.ts';
import { serve } from './serve.ts';
import { stopSignal } from './signals.ts';

/** How long a stop may take before the process leaves with what is still in flight. Intents are on disk by then. */
const graceMs = 9000;

/** `holdfast run`: passes on a schedule and whenever the config changes, until it is told to stop. */
export async function run(
  context: Context,
  { simulate, acceptTeam }: { simulate: string | undefined; acceptTeam: boolean },
): Promise<number> {
  requireReportFormat(context);
  const catalog = await loadCatalog();
  const config = await followConfig(context, catalog);
  const { settings } = config.current();
  const metrics = createMetrics();
  await using workspace = await openWhenFree(context, catalog, settings, {
    simulate,
    acceptTeam,
    onRequest: metrics.requestEnded,
  });
  if (!workspace) return 0;
  const events = createEvents(workspace.clock);
  const last: LastPass = {
    report: undefined,
    listeners: new Set([metrics.passEnded, events.passEnded]),
  };
  using wake = createWake(workspace.clock, () => loop.request('schedule'));
  const pass = daemonPass(
    context,
    workspace,
    config,
    last,
    (trigger) => loop.request(trigger),
    wake,
  );
  const loop: Loop = startLoop(pass);
  await using triggers = await startTriggers(context, config, loop);
  await using server = await serve(context, {
    workspace,
    config,
    last,
    metrics,
    events,
    next: () => triggers.next(),
    request: () => loop.request('request'),
  });
  context.log.info(
    { url: server.url, mode: settings.mode, config: context.options.config },
    'started',
  );
  loop.request('start');
  return await untilStopped(context, workspace, loop, config);
}

/** The workspace, once no other process writes with its store; undefined when Holdfast was told to stop meanwhile. */
async function openWhenFree(
  context: Context,
  catalog: Catalog,
  settings: Settings,
  options: Pick<ConnectOptions, 'simulate' | 'acceptTeam' | 'onRequest'>,
): Promise<OpenWorkspace | undefined> {
  using stop = stopSignal(context);
  try {
    return await openWorkspace(context, catalog, settings, {
      ...options,
      readOnly: false,
      wait: stop.signal,
    });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  }
}

/** Resolves to the exit code once the loop has ended; SIGTERM and SIGINT end it, SIGHUP asks for a pass. */
async function untilStopped(
  { log }: Context,
  workspace: OpenWorkspace,
  loop: Loop,
  config: FollowedConfig,
): Promise<number> {
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  const onStop = (name: NodeJS.Signals): void => stopped.resolve(name);
  const onReload = (): void =>
    void config.reload().then(() => loop.request('request'), stopped.reject);
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('SIGHUP', onReload);
  try {
    const signal = await Promise.race([
      stopped.promise,
      loop.finished.then(() => 'SIGTERM' as const),
    ]);
    log.info({ signal }, 'stopping');
    const force = setTimeout(() => {
      log.error({ graceMs }, 'a write did not end in time; leaving it to the next start');
      process.exit(1);
    }, graceMs);
    const drained = workspace.drain();
    await loop[Symbol.asyncDispose]();
    await drained;
    clearTimeout(force);
    log.info({}, 'stopped');
    return 0;
  } finally {
    process.off('SIGTERM', onStop).off('SIGINT', onStop).off('SIGHUP', onReload);
  }
}

/** What asks for passes: the schedule, renewed when its setting changes, and the files. */
async function startTriggers(
  { log, options }: Context,
  config: FollowedConfig,
  loop: Loop,
): Promise<AsyncDisposable & { next(): string | null }> {
  let { settings } = config.current();
  let schedule = scheduleOf(settings, log, loop);
  const renew = (): void => {
    const { settings: now } = config.current();
    if (now.schedule === settings.schedule && now.timezone === settings.timezone) return;
    settings = now;
    schedule?.[Symbol.dispose]();
    schedule = scheduleOf(settings, log, loop);
  };
  const look = async (): Promise<void> => {
    const changed = await config.reload();
    renew();
    if (changed) loop.request('change');
  };
  const onHint = (): void => void look();
  const watcher = settings.watch
    ? await watchFiles({ directory: options.config, onHint, log })
    : undefined;
  return {
    next: () => schedule?.next()?.toISOString() ?? null,
    async [Symbol.asyncDispose]() {
      schedule?.[Symbol.dispose]();
      await watcher?.[Symbol.asyncDispose]();
    },
  };
}

const scheduleOf = (
  { schedule, timezone }: Settings,
  log: Context['log'],
  loop: Loop,
): Schedule | undefined =>
  schedule === null
    ? undefined
    : cronSchedule({ expression: schedule, timezone, log, onTick: () => loop.request('schedule') });
