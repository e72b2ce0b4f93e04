import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/model/time/clock.ts';

/** A clock that advances by itself whenever all tasks wait. */
export interface SimulatedClock extends Clock {
  /** Sets the wall clock, as a user would. Sleeps keep their remaining time. */
  set(instant: Date): void;
  /** Returns the number of pending sleeps. */
  sleeping(): number;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

interface Options {
  readonly start?: number;
  /**
   * The turns of the event loop after which all tasks count as waiting. Default: 1, enough for promises; streams need
   * more.
   */
  readonly turns?: number;
}

/**
 * Creates a clock. When all tasks wait, it advances to the end of the shortest sleep and ends that one; among equal
 * ones, the one that began first. So any number of tasks may sleep, in an order that is the same in every run. A task
 * that waits for a socket or a timer of the machine looks idle: the clock must not be used with such tasks.
 */
export function simulatedClock({
  start = Date.UTC(2026, 0, 1),
  turns = 1,
}: Options = {}): SimulatedClock {
  /** Elapsed milliseconds, which `set` does not change. */
  let gone = 0;
  let ahead = start;
  let moving = false;
  const sleepers: Sleeper[] = [];
  const lieDown = (sleeper: Sleeper): void => {
    sleepers.splice(sleepers.findLastIndex(({ due }) => due <= sleeper.due) + 1, 0, sleeper);
    if (!moving) void move();
  };
  const move = async (): Promise<void> => {
    moving = true;
    for (;;) {
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      const next = sleepers.shift();
      if (!next) break;
      gone = Math.max(gone, next.due);
      next.wake();
    }
    moving = false;
  };
  return {
    now: () => new Date(ahead + gone),
    steady: () => gone,
    set: (instant) => void (ahead = instant.getTime() - gone),
    sleeping: () => sleepers.length,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const abort = (): void => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal?.reason as Error);
        };
        const wake = (): void => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        const sleeper = { due: gone + milliseconds, wake };
        signal?.addEventListener('abort', abort, { once: true });
        lieDown(sleeper);
      }),
  };
}
