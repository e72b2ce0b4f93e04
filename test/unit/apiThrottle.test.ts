import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createThrottle, type Throttle, type ThrottleOptions } from '../../src/api/throttle.ts';
import type { Clock } from '../../src/model/clock.ts';

// Virtual time: the limiter reads Date and setTimeout, and nothing else here does.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const clock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    }),
};

const startOf = (throttle: Throttle): Promise<number> => throttle.run(async () => Date.now());

const last = (milliseconds: number): Promise<void> => clock.sleep(milliseconds);

/** Runs tasks that arrive and last as told, to the end; when each started, and the most that ran together. */
async function run(options: ThrottleOptions, tasks: readonly { arrives: number; lasts: number }[]) {
  const throttle = createThrottle(options, clock);
  const epoch = Date.now();
  const starts: number[] = [];
  let [running, most] = [0, 0];
  const all = Promise.all(
    tasks.map(async ({ arrives, lasts }) => {
      if (arrives > 0) await last(arrives);
      return throttle.run(async () => {
        starts.push(Date.now() - epoch);
        most = Math.max(most, (running += 1));
        if (lasts > 0) await last(lasts);
        running -= 1;
      });
    }),
  );
  await vi.runAllTimersAsync();
  await all;
  return { starts, most, waitedMs: throttle.waitedMs() };
}

const tasks = (count: number, lasts = 0) =>
  Array.from({ length: count }, () => ({ arrives: 0, lasts }));

describe('tokens', () => {
  /** requests a second, burst, when six tasks that are there at once start, because. */
  const rows: readonly (readonly [number, number, readonly number[], string])[] = [
    [10, 20, [0, 0, 0, 0, 0, 0], 'they fit into one burst'],
    [10, 3, [0, 0, 0, 300, 300, 300], 'three tokens come back in 0.3 s'],
    [10, 1, [0, 100, 200, 300, 400, 500], 'a burst below the rate spaces them evenly'],
    [0.5, 2, [0, 0, 4000, 4000, 8000, 8000], 'rates below one a second count'],
    [3, 1, [0, 334, 668, 1002, 1336, 1670], 'a third of a second is never cut short'],
    [10, 2.9, [0, 0, 200, 200, 400, 400], 'there is no part of a token'],
    [10, 0.5, [0, 100, 200, 300, 400, 500], 'one at a time is the least'],
  ];
  test.each(rows)('%d/s, burst %d: %j, because %s', async (requestsPerSecond, burst, expected) => {
    const { starts } = await run({ requestsPerSecond, burst, concurrency: 100 }, tasks(6));
    expect(starts).toEqual(expected);
  });

  test('no window ever holds more than a burst, and no more run together than may', async () => {
    const task = fc.record({ arrives: fc.nat(3000), lasts: fc.nat(500) });
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.5, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(task, { maxLength: 40 }),
        async (requestsPerSecond, burst, concurrency, arrivals) => {
          const { starts, most } = await run({ requestsPerSecond, burst, concurrency }, arrivals);
          const window = (burst / requestsPerSecond) * 1000;
          expect(starts).toHaveLength(arrivals.length);
          expect(most).toBeLessThanOrEqual(concurrency);
          for (const [i, start] of starts.slice(burst).entries())
            expect(start - (starts[i] ?? NaN)).toBeGreaterThanOrEqual(window);
        },
      ),
    );
  });
});

describe('places', () => {
  test('waiting for a place or a token is counted', async () => {
    const { starts, waitedMs } = await run(
      { requestsPerSecond: 100, burst: 100, concurrency: 2 },
      tasks(6, 50),
    );
    expect(starts).toEqual([0, 0, 50, 50, 100, 100]);
    expect(waitedMs).toBe(300);
  });

  test('who has priority goes first, the others in order', async () => {
    const throttle = createThrottle(
      { requestsPerSecond: 1000, burst: 1000, concurrency: 1 },
      clock,
    );
    const order: string[] = [];
    const add = (name: string, priority?: number) =>
      throttle.run(async () => void order.push(name), priority === undefined ? {} : { priority });
    await Promise.all([add('first'), add('second'), add('third'), add('again', 2)]);
    expect(order).toEqual(['first', 'again', 'second', 'third']);
  });

  test('who no longer waits takes no token', async () => {
    const throttle = createThrottle({ requestsPerSecond: 1, burst: 1, concurrency: 5 }, clock);
    const leaving = new AbortController();
    await throttle.run(async () => undefined);
    const left = throttle.run(async () => 'ran', { signal: leaving.signal });
    const stayed = throttle.run(async () => Date.now());
    const start = Date.now();
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await vi.runAllTimersAsync();
    expect((await stayed) - start).toBe(1000);
  });
});

describe('a pause', () => {
  const open: ThrottleOptions = { requestsPerSecond: 1000, burst: 1000, concurrency: 10 };

  test('holds whatever has not started until it is over', async () => {
    const throttle = createThrottle(open, clock);
    const end = Date.now() + 30_000;
    throttle.pauseUntil(end);
    const starts = Promise.all([startOf(throttle), startOf(throttle)]);
    await vi.runAllTimersAsync();
    expect(await starts).toEqual([end, end]);
  });

  test('is as long as the longest that was asked for', async () => {
    const throttle = createThrottle(open, clock);
    const now = Date.now();
    for (const seconds of [10, 60, 20]) throttle.pauseUntil(now + seconds * 1000);
    const start = startOf(throttle);
    await vi.runAllTimersAsync();
    expect(await start).toBe(now + 60_000);
  });

  test('can come again', async () => {
    const throttle = createThrottle(open, clock);
    const now = Date.now();
    throttle.pauseUntil(now + 1000);
    await vi.advanceTimersByTimeAsync(5000);
    throttle.pauseUntil(now + 9000);
    const start = startOf(throttle);
    await vi.runAllTimersAsync();
    expect(await start).toBe(now + 9000);
  });

  test('does not bring a burst together with what went before', async () => {
    const throttle = createThrottle({ requestsPerSecond: 1, burst: 2, concurrency: 10 }, clock);
    const now = Date.now();
    await Promise.all([startOf(throttle), startOf(throttle)]);
    throttle.pauseUntil(now + 500);
    const start = startOf(throttle);
    await vi.runAllTimersAsync();
    expect(await start).toBe(now + 2000);
  });

  test('ends with the throttle, and what waited was never started', async () => {
    const throttle = createThrottle(open, clock);
    throttle.pauseUntil(Date.now() + 30_000);
    let started = false;
    const waiting = throttle.run(async () => void (started = true));
    const [outcome] = await Promise.allSettled([waiting, throttle.stop()]);
    expect(outcome.status).toBe('rejected');
    expect(vi.getTimerCount()).toBe(0);
    throttle.pauseUntil(Date.now() + 30_000);
    await vi.runAllTimersAsync();
    expect(started).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('stopping waits for what runs', async () => {
  const throttle = createThrottle({ requestsPerSecond: 9, burst: 9, concurrency: 9 }, clock);
  const ended: string[] = [];
  const running = throttle.run(() => last(100)).then(() => ended.push('task'));
  const stopping = throttle.stop().then(() => ended.push('throttle'));
  await vi.runAllTimersAsync();
  await Promise.all([running, stopping]);
  expect(ended).toEqual(['task', 'throttle']);
});
