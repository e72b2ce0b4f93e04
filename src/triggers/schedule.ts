import { schedule, validateDetailed } from 'node-cron';
import type { Log } from '../model/log.ts';

export interface ScheduleOptions {
  /** Five fields, or six with seconds first. */
  readonly expression: string;
  /** Such as `Europe/Berlin` or `UTC`; the times of the expression are its wall-clock times. */
  readonly timezone: string;
  readonly onTick: () => void;
  readonly log: Pick<Log, 'debug'>;
}

export interface Schedule extends Disposable {
  /** When it ticks next; null once it is disposed of. */
  next(): Date | null;
}

/**
 * Ticks at the times of the expression. One that comes too late, because the process was busy or the computer asleep, still
 * ticks. Where the clock is put forward a time may be skipped, and where it is put back it ticks at the second of two. Throws
 * a `RangeError` in words for the user when the expression or the time zone is none.
 */
export function cronSchedule({ expression, timezone, onTick, log }: ScheduleOptions): Schedule {
  checkSchedule(expression, timezone);
  // Not within the task, which would catch what onTick throws.
  const task = schedule(expression, () => setImmediate(onTick), { timezone });
  task.on('execution:missed', ({ date }) => {
    log.debug({ date }, 'tick came late');
    setImmediate(onTick);
  });
  let disposed = false;
  return {
    next: () => (disposed ? null : task.getNextRun()),
    [Symbol.dispose]() {
      disposed = true;
      void task.destroy();
    },
  };
}

function checkSchedule(expression: string, timezone: string): void {
  const [error] = validateDetailed(expression).errors;
  if (error) throw new RangeError(`"${expression}" is no schedule: ${error.message}`);
  if (!isTimezone(timezone))
    throw new RangeError(`"${timezone}" is no time zone; write one like Europe/Berlin or UTC`);
}

function isTimezone(timezone: string): boolean {
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone: timezone }));
  } catch {
    return false;
  }
}
