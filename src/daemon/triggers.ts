import { systemClock } from '../model/time/clock.ts';
import type { PassEffects } from '../model/pass/passEffects.ts';
import type { Trigger } from '../model/pass/report.ts';
import type { Settings } from '../model/settings.ts';
import type { Loop } from '../reconcile/loop.ts';
import { startEventWatch, type EventWatch } from '../triggers/eventWatch.ts';
import { cronSchedule, type Schedule } from '../triggers/schedule.ts';
import { shareOf } from '../triggers/spread.ts';
import { watchFiles } from '../triggers/watch.ts';
import { watchFile } from '../triggers/watchFile.ts';
import { operatorFileOf } from '../setup/loadConfig.ts';
import type { Context } from '../setup/context.ts';
import type { RootRepository } from '../setup/gitConfig.ts';
import type { OpenWorkspace } from '../setup/team/openWorkspace.ts';
import { createAlarm } from '../triggers/wake.ts';
import type { FollowedConfig, FollowedRepository } from './config/followedConfig.ts';

/** Why the config changed. */
type ConfigTrigger = Extract<Trigger, 'change' | 'git' | 'webhook'>;

/** The parts of a daemon that its triggers depend on. */
export interface TriggeredDaemon {
  readonly config: FollowedConfig;
  readonly loop: Pick<Loop, 'request'>;
  readonly workspace: Pick<OpenWorkspace, 'api' | 'catalog' | 'clock'>;
  readonly isPassing: () => boolean;
  /** Aborted when the daemon stops. */
  readonly stop: AbortSignal;
}

/** The running triggers. Disposing of them stops all. */
export interface Triggers extends AsyncDisposable {
  /** The time of the next scheduled pass, RFC 3339. */
  next(): string | null;
  /** Looks the repository up at once, and requests a pass if its config changed. Without a repository it does nothing. */
  fetch(trigger: 'git' | 'webhook'): void;
  /** To be called at the end of each pass. */
  passEnded(effects: PassEffects): void;
}

/**
 * Starts the triggers of passes: the schedule and the watch of machine events, which are replaced when their settings
 * change, and the watchers of the config directory (of a repository: regular lookups) and of the operator's settings
 * file.
 */
export async function startTriggers(context: Context, daemon: TriggeredDaemon): Promise<Triggers> {
  const { options, log } = context;
  const { config, loop } = daemon;
  const { settings } = config.current();
  const schedule = replaceable(
    ({ schedule: expression, timezone }) => [expression, timezone],
    (current) => scheduleOf(current, context, loop),
  );
  const events = replaceable(
    ({ events: interval }) => [interval],
    (current) => eventWatchOf(current, log, daemon),
  );
  const update = (): void => {
    const { settings: current } = config.current();
    schedule.update(current);
    events.update(current);
  };
  update();
  const after = (changed: boolean, trigger: ConfigTrigger): void => {
    update();
    if (changed) loop.request(trigger);
  };
  const onHint = (): void => void config.reload().then((changed) => after(changed, 'change'));
  const watcher =
    settings.watch && !config.git
      ? await watchFiles({ directory: options.config, onHint, log })
      : undefined;
  const poll =
    config.git &&
    (context.repository
      ? followLookUps(context.repository, config.git, after)
      : startPolling(config, config.git, after));
  const operator = settings.watch ? operatorFileOf(context) : undefined;
  const operatorWatcher = operator && watchFile({ file: operator.path, onHint });
  return {
    next: () => schedule.current()?.next()?.toISOString() ?? null,
    fetch: (trigger) => poll?.now(trigger),
    passEnded(effects) {
      update();
      events.current()?.passEnded(effects);
    },
    async [Symbol.asyncDispose]() {
      schedule.current()?.[Symbol.dispose]();
      events.current()?.[Symbol.dispose]();
      operatorWatcher?.[Symbol.dispose]();
      poll?.[Symbol.dispose]();
      await watcher?.[Symbol.asyncDispose]();
    },
  };
}

/** A trigger that is replaced when the settings change on which it depends (`keysOf`). */
function replaceable<Started extends Disposable>(
  keysOf: (settings: Settings) => readonly unknown[],
  start: (settings: Settings) => Started | undefined,
) {
  let keys: string | undefined;
  let started: Started | undefined;
  return {
    current: () => started,
    update(settings: Settings): void {
      const next = JSON.stringify(keysOf(settings));
      if (next === keys) return;
      keys = next;
      started?.[Symbol.dispose]();
      started = start(settings);
    },
  };
}

/** Looks a repository up at its interval, spread by a tenth, so that many daemons do not ask at once. */
function startPolling(
  config: FollowedConfig,
  git: FollowedRepository,
  after: (changed: boolean, trigger: ConfigTrigger) => void,
): Disposable & { now(trigger: 'git' | 'webhook'): void } {
  const alarm = createAlarm(systemClock, () => now('git'));
  const setAlarm = (): void => {
    const interval = config.current().settings.git?.interval ?? 0;
    alarm.at(new Date(systemClock.now().getTime() + interval * (0.9 + 0.2 * Math.random())));
  };
  const now = (trigger: 'git' | 'webhook'): void => {
    setAlarm();
    void git.fetch().then((changed) => after(changed, trigger));
  };
  setAlarm();
  return { now, [Symbol.dispose]: () => alarm[Symbol.dispose]() };
}

/** Loads the commit after each look-up of the repository that several workspaces share. */
function followLookUps(
  repository: RootRepository,
  git: FollowedRepository,
  after: (changed: boolean, trigger: ConfigTrigger) => void,
): Disposable & { now(trigger: 'git' | 'webhook'): void } {
  const listening = repository.listen(
    (trigger) => void git.fetch().then((changed) => after(changed, trigger)),
  );
  return {
    now: (trigger) => void repository.lookUp(trigger),
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

const scheduleOf = (
  { schedule, timezone }: Settings,
  { log, workspace }: Pick<Context, 'log' | 'workspace'>,
  loop: Pick<Loop, 'request'>,
): Schedule | undefined =>
  schedule === null
    ? undefined
    : cronSchedule({
        expression: schedule,
        timezone,
        // So that the passes of many workspaces do not all start at once.
        share: workspace ? shareOf(workspace.name) : 0,
        clock: systemClock,
        log,
        onTick: () => loop.request('schedule'),
      });

const eventWatchOf = (
  { events }: Settings,
  log: Context['log'],
  { workspace, loop, isPassing, stop }: TriggeredDaemon,
): EventWatch | undefined =>
  events === null
    ? undefined
    : startEventWatch({
        interval: events,
        jobs: workspace.catalog.jobs,
        api: workspace.api,
        clock: workspace.clock,
        log,
        isPassing,
        onNews: () => loop.request('event'),
        stop,
      });
