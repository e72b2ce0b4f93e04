import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/model/time/clock.ts';

/** A clock whose sleeps take no real time: each sleep advances it. */
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
