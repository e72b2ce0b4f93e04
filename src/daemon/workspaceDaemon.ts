import { systemClock } from '../model/time/clock.ts';
import { startLoop, type Loop } from '../reconcile/loop.ts';
import { createEvents } from '../server/events.ts';
import { createMetrics } from '../server/metrics.ts';
import type { Context } from '../setup/context.ts';
import type { OpenWorkspace } from '../setup/team/openWorkspace.ts';
import { createAlarm } from '../triggers/wake.ts';
import { createCallers } from './callers.ts';
import type { FollowedConfig } from './config/followedConfig.ts';
import { createForge } from './forge.ts';
import type { Served, Standing } from './http/served.ts';
import { createLivePass } from './livePass.ts';
import { createNotifications } from './notifications.ts';
import { daemonPass, type LastPass } from './passes.ts';
import type { PassPlaces } from './passPlaces.ts';
import { untilStopped, type Stop } from './shutdown.ts';
import { startTriggers } from './triggers.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

/** The part of a daemon that serves one workspace: its state, as it is before the first pass. */
export interface WorkspaceDaemon extends Served {
  readonly watchdog: Watchdog;
  readonly standing: Standing;
  next: Served['next'];
  request: Served['request'];
  fetch: Served['fetch'];
  notifications: Served['notifications'];
}

/** Makes the part of a daemon that serves one workspace. Nothing runs yet. */
export function createWorkspaceDaemon(
  name: string,
  { log, workspace }: Context,
  config: FollowedConfig,
): WorkspaceDaemon {
  const labels = () => config.current().settings.metrics.labels;
  const metrics = createMetrics(labels, workspace?.name);
  const events = createEvents(systemClock);
  const listeners: LastPass['listeners'] = new Set([metrics.passEnded, events.passEnded]);
  return {
    name,
    oneOfSeveral: workspace !== undefined,
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

/** What `runPasses` needs beside the workspace. */
export interface RunParts {
  readonly daemon: WorkspaceDaemon;
  readonly places: PassPlaces;
  readonly stop: Stop;
  /** Called when everything runs, before the first pass. */
  readonly onStarted: () => Promise<void>;
}

/** Runs the passes of a workspace until Holdfast is stopped. */
export async function runPasses(
  context: Context,
  workspace: OpenWorkspace,
  { daemon, places, stop, onStarted }: RunParts,
): Promise<void> {
  const { config, last } = daemon;
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
  const callers = createCallers();
  const pass = daemonPass({
    context,
    workspace,
    config,
    last,
    wake,
    watchdog: daemon.watchdog,
    notifications,
    forge,
    live,
    callers,
    request: (trigger) => loop.request(trigger),
    onEffects: (effects) => triggers.passEnded(effects),
  });
  const loop: Loop = startLoop(places.limit(pass));
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
  workspace.store.lease.onWanted(() => loop.request('request'));
  await onStarted();
  loop.request('start');
  await untilStopped(workspace, loop, config, stop);
}
