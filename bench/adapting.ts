import { createThrottle } from '../src/api/throttle/throttle.ts';
import { storm } from '../test/support/hiddenLimit.ts';
import { simulatedClock } from '../test/support/simulatedClock.ts';

/** How well a limit that nobody told was used. */
export interface Adapting {
  readonly limit: number;
  /** The share of the limit that was served from the second minute on. */
  readonly used: number;
  /** The share of requests that were refused, from the second minute on and from the beginning. */
  readonly refused: number;
  readonly refusedInAll: number;
}

const seconds = 360;
const steadyFrom = 60;

/** Six minutes of asking as fast as the adaptive throttle lets it, in virtual time, at a hidden limit without Retry-After. */
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
