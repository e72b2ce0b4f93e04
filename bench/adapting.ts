import { createThrottle } from '../src/api/throttle/throttle.ts';
import { storm } from '../test/support/hiddenLimit.ts';
import { simulatedClock } from '../test/support/simulatedClock.ts';

/** How well the adaptive throttle used a hidden limit. */
export interface Adapting {
  readonly limit: number;
  /** The share of the limit that was served after the first minute. */
  readonly used: number;
  /** The share of requests that were refused, after the first minute and in total. */
  readonly refused: number;
  readonly refusedInAll: number;
}

const seconds = 360;
const steadyFrom = 60;

/**
 * Sends requests as fast as the adaptive throttle allows for six minutes of virtual time, at a hidden limit without
 * Retry-After.
 */
export async function measureAdapting(limit: number): Promise<Adapting> {
  const clock = simulatedClock();
  const throttle = createThrottle(
    { requestsPerSecond: 10, burst: 20, concurrency: 8, adaptive: true, ceiling: 50 },
    clock,
  );
  const hidden = { perSecond: limit, bucket: limit, retryAfter: false };
  const all = await storm(throttle, clock, hidden, seconds);
  const steady = all.filter(({ second }) => second >= steadyFrom);
  const refusedOf = (arrivals: typeof all): number =>
    arrivals.filter(({ refused }) => refused).length / arrivals.length;
  return {
    limit,
    used: steady.filter(({ refused }) => !refused).length / (limit * (seconds - steadyFrom)),
    refused: refusedOf(steady),
    refusedInAll: refusedOf(all),
  };
}
