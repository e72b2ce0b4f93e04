/** So many starts in any stretch of so many milliseconds, and no more. */
export interface Limit {
  readonly burst: number;
  readonly window: number;
}

/**
 * The window that makes a rate of a burst: in no stretch of `burst / rate` seconds do more than `burst` tasks start, which is
 * both the burst and the rate.
 */
export const limitOf = (rate: number, burst: number): Limit => ({
  burst,
  window: (burst / rate) * 1000,
});

/**
 * Milliseconds from `now` until one more may start: 0, or what is left until the oldest start of a full burst leaves the
 * window, so never more than the window. `starts` are instants, oldest first, and none is later than `now`.
 */
export function untilToken(starts: readonly number[], limit: Limit, now: number): number {
  const oldest = starts[starts.length - limit.burst];
  // Instants since 1970 are too large to carry fractions, so the window is never added to one.
  return oldest === undefined ? 0 : Math.max(0, limit.window - (now - oldest));
}

/** How many of the starts lie in the last so many milliseconds. */
const startsWithin = (starts: readonly number[], span: number, now: number): number =>
  starts.length - 1 - starts.findLastIndex((start) => start <= now - span);

/** How much of a rate the starts of the last so many milliseconds have used: 1 is all of it. */
export const shareUsed = (
  starts: readonly number[],
  { rate, span, now }: { rate: number; span: number; now: number },
): number => startsWithin(starts, span, now) / ((rate * span) / 1000);
