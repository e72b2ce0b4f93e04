import { setTimeout } from 'node:timers/promises';

/** Time, as an argument: nothing below the entry reads a clock or sets a timer by itself. */
export interface Clock {
  now(): Date;
  /** Milliseconds that go on whatever the clock is set to; only differences of them mean something. */
  steady(): number;
  /** Resolves after that long; rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  steady: () => performance.now(),
  async sleep(milliseconds, signal) {
    let left = milliseconds;
    for (; left > longestTimer; left -= longestTimer) await timer(longestTimer, signal);
    await timer(left, signal);
  },
};

/** Timers that are to go off later go off at once. */
const longestTimer = 2 ** 31 - 1;

const timer = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  setTimeout(milliseconds, undefined, signal ? { signal } : {});
