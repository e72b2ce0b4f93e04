import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/model/time/clock.ts';

/** A clock in which sleeping takes no time: whoever sleeps moves it on. */
export interface AutoClock extends Clock {
  advance(milliseconds: number): void;
}

export function autoClock(start: Date): AutoClock {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    steady: () => time,
    advance(milliseconds) {
      time += milliseconds;
    },
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      await setImmediate();
      signal?.throwIfAborted();
      time += milliseconds;
    },
  };
}
