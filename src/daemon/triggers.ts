import { systemClock } from '../model/time/clock.ts';
import type { Settings } from '../model/settings.ts';
import type { Loop } from '../reconcile/loop.ts';
import { cronSchedule, type Schedule } from '../triggers/schedule.ts';
import { watchFiles } from '../triggers/watch.ts';
import type { Context } from '../setup/context.ts';
import type { FollowedConfig } from './followConfig.ts';

/** What asks for passes: the schedule, renewed when its setting changes, and the files. */
export async function startTriggers(
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
    : cronSchedule({
        expression: schedule,
        timezone,
        clock: systemClock,
        log,
        onTick: () => loop.request('schedule'),
      });
