import type { ThrottleMemory, ThrottleState } from '../../model/api.ts';
import { nextEstimate, initialEstimate, type Attempt } from './adaptiveRate.ts';
import { limitIn, withMemory } from './throttleMemory.ts';
import { limitOf, shareUsed, steadyAt, untilToken, type Limit } from './rateWindow.ts';

export interface RateLimiterOptions {
  /** The average rate; with `adaptive`, the initial one. Above 0; fractions are allowed. */
  readonly requestsPerSecond: number;
  /** The upper bound of an adaptive rate. Not below `requestsPerSecond`, which is the default. */
  readonly ceiling?: number;
  /** The number of requests that may start together. At least 1. */
  readonly burst: number;
  /** Whether the rate adapts to the API's answers. Default: false. */
  readonly adaptive?: boolean;
}

/** Limits the rate of starts. Instants are milliseconds of a monotonic clock. */
export interface RateLimiter {
  /** Returns the milliseconds until one more request may start. */
  wait(now: number): number;
  /** Records a start. */
  started(now: number): void;
  /** Records the end of an attempt, from which an adaptive rate learns. Returns whether the rate was decreased. */
  ended(attempt: Omit<Attempt, 'used'>): boolean;
  /** Returns what was learnt about the limit. */
  limit(): ThrottleMemory['limit'];
  /** Returns the present rate and its unused share. */
  state(now: number): Pick<ThrottleState, 'rate' | 'headroom'>;
}

/** The span of the headroom in milliseconds. */
const headroomMs = 5000;

/** The span in milliseconds, and the starts in it, over which the use of the rate is measured. */
const usageSpan = { leastMs: 1000, mostMs: 5000, starts: 5 };

/**
 * The burst of an adaptive rate before the first decrease, so that short work does not wait. Afterwards bursts are
 * small: the limit is unknown, and the API's token bucket may be small.
 */
const firstBurst = 8;

/** Creates a rate limiter. `memory`: what an earlier process has learnt, and the present time (since 1970). */
export function createRateLimiter(
  { requestsPerSecond, burst, adaptive = false, ceiling = requestsPerSecond }: RateLimiterOptions,
  memory?: { readonly of: ThrottleMemory; readonly now: number },
): RateLimiter {
  const starts: number[] = [];
  const initial = initialEstimate(requestsPerSecond, ceiling);
  let estimate = memory && adaptive ? withMemory(initial, memory.of, memory.now) : initial;
  const maxBurst = Math.max(1, Math.floor(burst));
  const limit = (): Limit =>
    limitOf(estimate.rate, adaptive ? Math.min(maxBurst, adaptiveBurst()) : maxBurst);
  const adaptiveBurst = (): number =>
    Math.max(estimate.ceiling === Infinity ? firstBurst : 1, steadyAt(estimate.rate));
  const used = (span: number, now: number): number =>
    shareUsed(starts, { rate: estimate.rate, span, now });
  return {
    wait: (now) => untilToken(starts, limit(), now),
    started(now) {
      starts.push(now);
      const oldest = now - Math.max(headroomMs, 2 * limit().window);
      starts.splice(
        0,
        starts.findIndex((start) => start > oldest),
      );
    },
    ended(attempt) {
      if (!adaptive) return false;
      const before = estimate;
      const span = Math.min(
        usageSpan.mostMs,
        Math.max(usageSpan.leastMs, (usageSpan.starts / estimate.rate) * 1000),
      );
      estimate = nextEstimate(estimate, { ...attempt, used: used(span, attempt.end) });
      return estimate.since !== before.since;
    },
    limit: () => limitIn(estimate),
    state: (now) => ({
      rate: estimate.rate,
      headroom: Math.max(0, 1 - used(headroomMs, now)),
    }),
  };
}
