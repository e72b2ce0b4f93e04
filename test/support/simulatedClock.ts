import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/model/time/clock.ts';

/** Time that goes by itself, as fast as there is something to do. */
export interface SimulatedClock extends Clock {
  /** Sets the clock, as a person would; whoever sleeps sleeps on for as long as was left. */
  set(instant: Date): void;
  /** How many sleep. */
  sleeping(): number;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

interface Options {
  readonly start?: number;
  /** Turns of the event loop in which everything that runs comes to rest. Default: 1, enough for promises; streams take more. */
  readonly turns?: number;
}

/**
 * When everything rests, time moves to the end of the shortest sleep and wakes that one sleeper; of several, the one that
 * lay down first. So any number may sleep, in an order that is the same in every run. What waits for a socket or a timer
 * of the machine looks as if it rested: keep such things out of it.
 */
export function simulatedClock({
  start = Date.UTC(2026, 0, 1),
  turns = 1,
}: Options = {}): SimulatedClock {
  /** Milliseconds gone, which setting the clock does not change. */
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
