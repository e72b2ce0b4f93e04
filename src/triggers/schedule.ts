import type { Clock } from '../model/time/clock.ts';
import { cronClock } from '../model/time/cronClock.ts';
import type { Log } from '../model/log.ts';
import { delayed } from './spread.ts';

/** The options of a schedule. */
export interface ScheduleOptions {
  /** A cron expression: five fields, or six with seconds first. */
  readonly expression: string;
  /** Such as `Europe/Berlin` or `UTC`. The expression's times are wall-clock times of this zone. */
  readonly timezone: string;
  /** The share of each interval by which its tick is late, from 0 to below 1. Default: 0. */
  readonly share?: number;
  /** Called at each time of the expression, after the delay. */
  readonly onTick: () => void;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug'>;
}

/** A running schedule. Disposing of it stops it. */
export interface Schedule extends Disposable {
  /** The time of the next tick; null once it is disposed of. */
  next(): Date | null;
}

/** How often the schedule reads the clock while it waits, since the clock may be set. */
const checkIntervalMs = 60_000;

/** A clock that is set back by less than this is treated as slow. */
const toleranceMs = 1000;

/** How far ahead the next time is searched: 29 February recurs after at most eight years. */
const horizonMs = 9 * 366 * 86_400_000;

/**
 * Starts a schedule that ticks at the times of the expression; `cronClock` documents times that the clock skips or
 * repeats. Times missed because the process was busy or the computer asleep cause one tick together. A clock that is
 * set back causes a tick too, so that the time between two ticks is never longer than the expression allows. Throws a
 * `RangeError` with a message for the user if the expression or the time zone is not valid.
 */
export function cronSchedule(options: ScheduleOptions): Schedule {
  const { expression, timezone, share = 0, clock } = options;
  const times = delayed(cronClock(expression, timezone), share, horizonMs);
  const next = (): number | undefined => {
    const now = clock.now().getTime();
    return times.next(now, now + horizonMs);
  };
  const stopping = new AbortController();
  void runSchedule(next, stopping.signal, options);
  return {
    next: () => {
      const due = stopping.signal.aborted ? undefined : next();
      return due === undefined ? null : new Date(due);
    },
    [Symbol.dispose]: () => stopping.abort(),
  };
}

async function runSchedule(
  next: () => number | undefined,
  signal: AbortSignal,
  { clock, log, onTick }: ScheduleOptions,
): Promise<void> {
  let due = next() ?? Infinity;
  while (!signal.aborted) {
    const before = { wall: clock.now().getTime(), steady: clock.steady() };
    const wait = Math.min(checkIntervalMs, Math.max(0, due - before.wall));
    await clock.sleep(wait, signal).catch(() => undefined);
    if (signal.aborted) return;
    const now = clock.now().getTime();
    const isSetBack = now - before.wall < clock.steady() - before.steady - toleranceMs;
    if (!isSetBack && now < due) continue;
    log.debug({ due: new Date(due), isSetBack }, 'schedule ticks');
    // An error of the callback must not end this loop.
    setImmediate(onTick);
    due = next() ?? Infinity;
  }
}
