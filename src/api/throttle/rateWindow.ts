/** So many starts in any stretch of so many milliseconds, and no more; while there is no rest, evenly spread. */
export interface Limit {
  readonly burst: number;
  readonly window: number;
  /** How many may start together after a burst, until there was a rest. */
  readonly steady: number;
}

/** Seconds whose starts may come together in a steady stream: timers are late by a millisecond, which more of them would add up. */
const together = 0.1;

/** How many starts of a steady stream come together. At least 1. */
export const steadyAt = (rate: number): number => Math.max(1, Math.floor(rate * together));

/**
 * The window that makes a rate of a burst: in no stretch of `burst / rate` seconds do more than `burst` tasks start, which is
 * both the burst and the rate.
 */
export const limitOf = (rate: number, burst: number): Limit => ({
  burst,
  window: (burst / rate) * 1000,
  steady: Math.min(burst, steadyAt(rate)),
});

/**
 * Milliseconds from `now` until one more may start: 0, or what is left until the oldest start of a full burst leaves the
 * window, so never more than the window. Where there was a burst within two windows, what follows is spread: bursts that come one
 * after the other meet at a server that the second takes longer to reach. `starts` are instants, oldest first, and none is later
 * than `now`.
 */
export function untilToken(
  starts: readonly number[],
  { burst, window, steady }: Limit,
  now: number,
): number {
  const until = (count: number, span: number): number => {
    const oldest = starts[starts.length - count];
    // Instants since 1970 are too large to carry fractions, so the span is never added to one.
    return oldest === undefined ? 0 : Math.max(0, span - (now - oldest));
  };
  const rested = until(burst, 2 * window) === 0;
  const full = until(burst, window);
  return rested ? full : Math.max(full, until(steady, (window * steady) / burst));
}

/** How many of the starts lie in the last so many milliseconds. */
const startsWithin = (starts: readonly number[], span: number, now: number): number =>
  starts.length - 1 - starts.findLastIndex((start) => start <= now - span);

/** How much of a rate the starts of the last so many milliseconds have used: 1 is all of it. */
export const shareUsed = (
  starts: readonly number[],
  { rate, span, now }: { rate: number; span: number; now: number },
): number => startsWithin(starts, span, now) / ((rate * span) / 1000);
