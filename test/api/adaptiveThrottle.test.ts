import { describe, expect, test } from 'vitest';
import { createThrottle } from '../../src/api/throttle/throttle.ts';
import { storm, type Arrival, type Hidden } from '../support/hiddenLimit.ts';
import { simulatedClock } from '../support/simulatedClock.ts';

const adaptive = (requestsPerSecond: number) => ({
  requestsPerSecond,
  burst: 20,
  concurrency: 8,
  adaptive: true,
  ceiling: 1000,
});

const answered = (arrivals: readonly Arrival[], from: number, to: number): number =>
  arrivals.filter(({ second, refused }) => !refused && second >= from && second < to).length /
  (to - from);

const shareRefused = (arrivals: readonly Arrival[]): number =>
  arrivals.filter(({ refused }) => refused).length / arrivals.length;

describe('a hidden limit', () => {
  /**
   * The limit's rate and bucket, the throttle's initial rate, the greatest share of refusals in three minutes, because.
   */
  const limits: readonly (readonly [number, number, number, number, string])[] = [
    [5, 5, 10, 0.02, 'the initial rate is above the limit'],
    [20, 20, 10, 0.02, 'the initial rate is below the limit'],
    [50, 50, 10, 0.02, 'the initial rate is far below the limit'],
    [50, 100, 10, 0.02, 'a large bucket hides the limit for a long time'],
    [20, 4, 10, 0.02, 'a small bucket allows hardly any burst'],
    [50, 10, 10, 0.02, 'a small bucket allows hardly any burst'],
    [5, 5, 100, 0.05, 'the initial rate is far above the limit'],
    [50, 50, 1, 0.02, 'the initial rate is very far below the limit'],
  ];
  const rows = limits.flatMap(([perSecond, bucket, start, most, because]) =>
    [true, false].map((retryAfter) => ({ perSecond, bucket, retryAfter, start, most, because })),
  );
  test.each(rows)(
    'of $perSecond/s, bucket $bucket, from $start/s, Retry-After $retryAfter',
    async ({ start, most, because, ...hidden }) => {
      const clock = simulatedClock();
      const throttle = createThrottle(adaptive(start), clock);
      const arrivals = await storm(throttle, clock, hidden, 180);
      const used = answered(arrivals, 60, 180) / hidden.perSecond;
      expect(used, because).toBeGreaterThanOrEqual(0.85);
      const steady = arrivals.filter(({ second }) => second >= 60);
      expect(shareRefused(steady), because).toBeLessThan(0.02);
      expect(shareRefused(arrivals), because).toBeLessThan(most);
      expect(throttle.state().refused).toBe(arrivals.filter(({ refused }) => refused).length);
    },
  );

  test('that changes is found again', async () => {
    const clock = simulatedClock();
    const throttle = createThrottle(adaptive(10), clock);
    const at = (perSecond: number): Hidden => ({ perSecond, bucket: perSecond, retryAfter: false });
    await storm(throttle, clock, at(40), 60);
    const lowered = await storm(throttle, clock, at(8), 90);
    expect(answered(lowered, 30, 90)).toBeGreaterThan(8 * 0.85);
    expect(shareRefused(lowered)).toBeLessThan(0.05);
    const raised = await storm(throttle, clock, at(40), 180);
    expect(answered(raised, 120, 180)).toBeGreaterThan(40 * 0.85);
  });

  test('is not probed while no request is queued', async () => {
    const clock = simulatedClock();
    const throttle = createThrottle(adaptive(10), clock);
    for (let count = 0; count < 200; count += 1)
      await throttle.run(async (tell) => {
        await clock.sleep(105);
        tell('answered');
      });
    expect(throttle.state()).toMatchObject({ rate: 10, waiting: 0, running: 0 });
  });

  test('is not probed beyond the concurrency', async () => {
    const clock = simulatedClock();
    const throttle = createThrottle({ ...adaptive(10), concurrency: 2 }, clock);
    const task = () =>
      throttle.run(async (tell) => {
        await clock.sleep(200);
        tell('answered');
      });
    await Promise.all(Array.from({ length: 500 }, task));
    // Two at a time, five times per second, make ten, and seven tenths of the rate must be used.
    expect(throttle.state().rate).toBeLessThan(10 / 0.7 + 1);
  });
});

test.each([0.5, 1, 5, 12])(
  'a configured rate of %d requests per second is never exceeded',
  async (rate) => {
    const clock = simulatedClock();
    const options = { requestsPerSecond: rate, burst: 20, concurrency: 8, adaptive: true };
    const throttle = createThrottle(options, clock);
    const starts: number[] = [];
    const task = () =>
      throttle.run(async (tell) => {
        starts.push(clock.steady());
        await clock.sleep(20);
        tell('answered');
      });
    await Promise.all(Array.from({ length: rate * 120 }, task));
    // Eight may start together after a rest.
    for (const [index, start] of starts.entries())
      expect(
        starts.filter((other) => other >= start && other < start + 60_000).length,
        `from ${index}`,
      ).toBeLessThanOrEqual(rate * 60 + 8);
    expect(throttle.state().rate).toBe(rate);
  },
);

test('the first few start together, and none do after the first refusal', async () => {
  const clock = simulatedClock();
  const throttle = createThrottle(adaptive(10), clock);
  const startsOf = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        throttle.run(async (tell) => {
          const start = clock.steady();
          await clock.sleep(10);
          tell('answered');
          return start;
        }),
      ),
    );
  const [first = NaN, ...others] = await startsOf(9);
  expect(others.filter((start) => start === first)).toHaveLength(7);
  await throttle.run(async (tell) => tell('limited'));
  await clock.sleep(60_000);
  expect(new Set(await startsOf(9)).size).toBe(9);
});

test.each([16, 32, 200])(
  'a service that gets slow under load is not overloaded, with %d concurrent requests',
  async (concurrency) => {
    const clock = simulatedClock();
    const throttle = createThrottle({ ...adaptive(10), concurrency }, clock);
    /** A service that handles 20 requests per second, one at a time, queues the others, and refuses none. */
    const rows: number[] = [];
    let freeAt = 0;
    const ask = () =>
      throttle.run(async (tell) => {
        const now = clock.now().getTime();
        freeAt = Math.max(now, freeAt) + 50;
        rows.push(freeAt - now);
        await clock.sleep(freeAt - now + 50);
        tell('answered');
      });
    const begin = clock.now().getTime();
    await Promise.all(Array.from({ length: 2000 }, ask));
    const mean = rows.reduce((sum, row) => sum + row) / rows.length;
    expect(mean).toBeLessThan(300);
    expect(2000 / ((clock.now().getTime() - begin) / 1000)).toBeGreaterThan(20 * 0.85);
  },
);
