import { systemClock } from '../model/time/clock.ts';
import type { Settings } from '../model/settings.ts';
import type { Loop } from '../reconcile/loop.ts';
import { cronSchedule, type Schedule } from '../triggers/schedule.ts';
import { watchFiles } from '../triggers/watch.ts';
import { watchFile } from '../triggers/watchFile.ts';
import { operatorFileOf } from '../setup/loadConfig.ts';
import type { Context } from '../setup/context.ts';
import type { FollowedConfig } from './followConfig.ts';

/**
 * Starts the triggers of passes: the schedule, which is replaced when its setting changes, and the watchers of the
 * config directory and of the operator's settings file. `next` is the time of the next scheduled pass, RFC 3339.
 * Disposing of it stops all of them.
 */
export async function startTriggers(
  context: Context,
  config: FollowedConfig,
  loop: Loop,
): Promise<AsyncDisposable & { next(): string | null }> {
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
  const reload = async (): Promise<void> => {
    const changed = await config.reload();
    updateSchedule();
    if (changed) loop.request('change');
  };
  const onHint = (): void => void reload();
  const watcher = settings.watch
    ? await watchFiles({ directory: options.config, onHint, log })
    : undefined;
  const operator = settings.watch ? operatorFileOf(context) : undefined;
  const operatorWatcher = operator && watchFile({ file: operator.path, onHint });
  return {
    next: () => schedule?.next()?.toISOString() ?? null,
    async [Symbol.asyncDispose]() {
      schedule?.[Symbol.dispose]();
      operatorWatcher?.[Symbol.dispose]();
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
    : cronSchedule({
        expression: schedule,
        timezone,
        clock: systemClock,
        log,
        onTick: () => loop.request('schedule'),
      });
