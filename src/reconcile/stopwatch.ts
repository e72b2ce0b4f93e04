import type { Clock } from '../model/time/clock.ts';

/** Starts a stopwatch: each call returns the milliseconds since the last one. */
export function stopwatch(clock: Pick<Clock, 'steady'>): () => number {
  let last = clock.steady();
  return () => {
    const now = clock.steady();
    const milliseconds = Math.round(now - last);
    last = now;
    return milliseconds;
  };
}
