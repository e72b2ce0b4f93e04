import type { Clock } from '../../src/model/time/clock.ts';

/** A clock that a test advances. */
export interface VirtualClock extends Clock {
  /** The duration of each sleep in milliseconds, in the order in which they began. */
  readonly sleeps: readonly number[];
  /** Advances the time and ends all sleeps that are due. */
  advance(milliseconds: number): void;
  /** Resolves when this number of sleeps have begun, ended ones included. */
  asleep(count: number): Promise<void>;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Creates a clock that stands still until it is advanced; with `hurry`, each sleep advances it to its own end. */
export function virtualClock({ hurry = false, start = Date.UTC(2026, 0, 1) } = {}): VirtualClock {
  let time = start;
  const sleeps: number[] = [];
  const sleepers = new Set<Sleeper>();
  const watchers = new Set<() => void>();
  const advance = (milliseconds: number): void => {
    time += milliseconds;
    for (const sleeper of sleepers) if (sleeper.due <= time) sleeper.wake();
  };
  const sleepUntil = (due: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', abort);
      };
      const sleeper = { due, wake: () => (leave(), resolve()) };
      const abort = (): void => (leave(), reject(signal?.reason as Error));
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      sleepers.add(sleeper);
    });
  return {
    sleeps,
    advance,
    now: () => new Date(time),
    steady: () => time,
    sleep(milliseconds, signal) {
      const over = sleepUntil(time + milliseconds, signal);
      sleeps.push(milliseconds);
      for (const watcher of watchers) watcher();
      if (hurry) advance(milliseconds);
      return over;
    },
    asleep: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (sleeps.length < count) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}
