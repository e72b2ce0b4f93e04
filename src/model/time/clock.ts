import { setTimeout } from 'node:timers/promises';

/** Time as an argument: nothing below the entry point reads a clock or sets a timer by itself. */
export interface Clock {
  now(): Date;
  /**
   * Milliseconds of a monotonic clock, which does not change when the system time is set. Only differences are
   * meaningful.
   */
  steady(): number;
  /** Resolves after this time; rejects with the signal's reason when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => new Date(),
  steady: () => performance.now(),
  async sleep(milliseconds, signal) {
    let remaining = milliseconds;
    for (; remaining > longestTimer; remaining -= longestTimer) await timer(longestTimer, signal);
    await timer(remaining, signal);
  },
};

/** The longest delay of a Node timer; a longer one fires at once. */
const longestTimer = 2 ** 31 - 1;

const timer = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  setTimeout(milliseconds, undefined, signal ? { signal } : {});
