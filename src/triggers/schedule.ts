import type { Clock } from '../model/time/clock.ts';
import { cronClock } from '../model/time/cronClock.ts';
import type { Log } from '../model/log.ts';

export interface ScheduleOptions {
  /** Five fields, or six with seconds first. */
  readonly expression: string;
  /** Such as `Europe/Berlin` or `UTC`; the times of the expression are its wall-clock times. */
  readonly timezone: string;
  readonly onTick: () => void;
  readonly clock: Clock;
  readonly log: Pick<Log, 'debug'>;
}

export interface Schedule extends Disposable {
  /** When it ticks next; null once it is disposed of. */
  next(): Date | null;
}

/** The clock may be set while the schedule waits, so it looks at it that often. */
const lookEveryMs = 60_000;

/** A clock that is set back by less is taken for one that goes slowly. */
const trifleMs = 1000;

/** As far as it is looked for the next time: 29 February comes back after eight years at the latest. */
const horizonMs = 9 * 366 * 86_400_000;

/**
 * Ticks at the times of the expression (`cronClock` says what becomes of those that the clock skips or shows twice), once for all that
 * were missed because the process was busy or the computer asleep. When the clock is set back it ticks as well, and goes on from there:
 * between two ticks never lies more time than the expression allows. Throws a `RangeError` in words for the user when the expression
 * or the time zone is none.
 */
export function cronSchedule(options: ScheduleOptions): Schedule {
  const { expression, timezone, clock } = options;
  const times = cronClock(expression, timezone);
  const next = (): number | undefined => {
    const now = clock.now().getTime();
    return times.next(now, now + horizonMs);
  };
  const stopping = new AbortController();
  void follow(next, stopping.signal, options);
  return {
    next: () => {
      const due = stopping.signal.aborted ? undefined : next();
      return due === undefined ? null : new Date(due);
    },
    [Symbol.dispose]: () => stopping.abort(),
  };
}

async function follow(
  next: () => number | undefined,
  signal: AbortSignal,
  { clock, log, onTick }: ScheduleOptions,
): Promise<void> {
  let due = next() ?? Infinity;
  while (!signal.aborted) {
    const before = { wall: clock.now().getTime(), steady: clock.steady() };
    const wait = Math.min(lookEveryMs, Math.max(0, due - before.wall));
    await clock.sleep(wait, signal).catch(() => undefined);
    if (signal.aborted) return;
    const now = clock.now().getTime();
    const isSetBack = now - before.wall < clock.steady() - before.steady - trifleMs;
    if (!isSetBack && now < due) continue;
    log.debug({ due: new Date(due), isSetBack }, 'schedule ticks');
    // Not within this loop, which what it throws would end.
    setImmediate(onTick);
    due = next() ?? Infinity;
  }
}
