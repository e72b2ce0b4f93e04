import { systemClock } from '../model/time/clock.ts';
import type { Trigger } from '../model/pass/report.ts';
import type { Settings } from '../model/settings.ts';
import type { Loop } from '../reconcile/loop.ts';
import { cronSchedule, type Schedule } from '../triggers/schedule.ts';
import { watchFiles } from '../triggers/watch.ts';
import { watchFile } from '../triggers/watchFile.ts';
import { operatorFileOf } from '../setup/loadConfig.ts';
import type { Context } from '../setup/context.ts';
import { createAlarm } from '../triggers/wake.ts';
import type { FollowedConfig, FollowedRepository } from './config/followedConfig.ts';

/** Why the config changed. */
type ConfigTrigger = Extract<Trigger, 'change' | 'git' | 'webhook'>;

/** The running triggers. Disposing of them stops all. */
export interface Triggers extends AsyncDisposable {
  /** The time of the next scheduled pass, RFC 3339. */
  next(): string | null;
  /** Looks the repository up at once, and requests a pass if its config changed. Without a repository it does nothing. */
  fetch(trigger: 'git' | 'webhook'): void;
}

/**
 * Starts the triggers of passes: the schedule, which is replaced when its setting changes, and the watchers of the
 * config directory (of a repository: regular lookups) and of the operator's settings file.
 */
export async function startTriggers(
  context: Context,
  config: FollowedConfig,
  loop: Loop,
): Promise<Triggers> {
  const { log, options } = context;
  let { settings } = config.current();
  let schedule = scheduleOf(settings, log, loop);
  const updateSchedule = (): void => {
    const { settings: current } = config.current();
    if (current.schedule === settings.schedule && current.timezone === settings.timezone) return;
    settings = current;
    schedule?.[Symbol.dispose]();
    schedule = scheduleOf(settings, log, loop);
  };
  const after = (changed: boolean, trigger: ConfigTrigger): void => {
    updateSchedule();
    if (changed) loop.request(trigger);
  };
  const onHint = (): void => void config.reload().then((changed) => after(changed, 'change'));
  const watcher =
    settings.watch && !config.git
      ? await watchFiles({ directory: options.config, onHint, log })
      : undefined;
  const poll = config.git && startPolling(config, config.git, after);
  const operator = settings.watch ? operatorFileOf(context) : undefined;
  const operatorWatcher = operator && watchFile({ file: operator.path, onHint });
  return {
    next: () => schedule?.next()?.toISOString() ?? null,
    fetch: (trigger) => poll?.now(trigger),
    async [Symbol.asyncDispose]() {
      schedule?.[Symbol.dispose]();
      operatorWatcher?.[Symbol.dispose]();
      poll?.[Symbol.dispose]();
      await watcher?.[Symbol.asyncDispose]();
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

const scheduleOf = (
  { schedule, timezone }: Settings,
  log: Context['log'],
  loop: Loop,
): Schedule | undefined =>
  schedule === null
    ? undefined
    : cronSchedule({
        expression: schedule,
        timezone,
        clock: systemClock,
        log,
        onTick: () => loop.request('schedule'),
      });
