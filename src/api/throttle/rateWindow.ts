/** A limit: at most `burst` starts in any `window` of milliseconds, evenly spread while there is no rest. */
export interface Limit {
  readonly burst: number;
  readonly window: number;
  /** The number of starts that may come together after a burst, until there was a rest. */
  readonly steady: number;
}

/**
 * The seconds whose starts may come together in a steady stream: timers are late by a millisecond, which would add up
 * with more timers.
 */
const steadySpan = 0.1;

/** Returns how many starts of a steady stream may come together. At least 1. */
export const steadyAt = (rate: number): number => Math.max(1, Math.floor(rate * steadySpan));

/**
 * Returns the limit for a rate and a burst: in no `burst / rate` seconds do more than `burst` tasks start, which
 * enforces both.
 */
export const limitOf = (rate: number, burst: number): Limit => ({
  burst,
  window: (burst / rate) * 1000,
  steady: Math.min(burst, steadyAt(rate)),
});

/**
 * Returns the milliseconds from `now` until one more task may start: 0, or the time until the oldest start of a full
 * burst leaves the window, so at most the window. After a burst within two windows, starts are spread: on a server that
 * the second burst takes longer to reach, successive bursts would meet. `starts` are instants, oldest first, none later
 * than `now`.
 */
export function untilToken(
  starts: readonly number[],
  { burst, window, steady }: Limit,
  now: number,
): number {
  const until = (count: number, span: number): number => {
    const oldest = starts[starts.length - count];
    // Instants since 1970 are too large for precise fractions, so the span is never added to one.
    return oldest === undefined ? 0 : Math.max(0, span - (now - oldest));
  };
  const rested = until(burst, 2 * window) === 0;
  const full = until(burst, window);
  return rested ? full : Math.max(full, until(steady, (window * steady) / burst));
}

/** Counts the starts of the last `span` milliseconds. */
const startsWithin = (starts: readonly number[], span: number, now: number): number =>
  starts.length - 1 - starts.findLastIndex((start) => start <= now - span);

/** Returns the share of a rate that the starts of the last `span` milliseconds used; 1 is all of it. */
export const shareUsed = (
  starts: readonly number[],
  { rate, span, now }: { rate: number; span: number; now: number },
): number => startsWithin(starts, span, now) / ((rate * span) / 1000);
