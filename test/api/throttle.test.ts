import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  createThrottle,
  type Throttle,
  type ThrottleOptions,
} from '../../src/api/throttle/throttle.ts';
import { simulatedClock, type SimulatedClock } from '../support/simulatedClock.ts';

let clock: SimulatedClock;
beforeEach(() => {
  clock = simulatedClock();
});

const now = (): number => clock.now().getTime();

const startOf = (throttle: Throttle): Promise<number> => throttle.run(async () => now());

const last = (milliseconds: number): Promise<void> => clock.sleep(milliseconds);

/**
 * Runs tasks with these arrivals and durations to their end. Returns when each started, and the greatest concurrency.
 */
async function run(options: ThrottleOptions, tasks: readonly { arrives: number; lasts: number }[]) {
  const throttle = createThrottle(options, clock);
  const epoch = now();
  const starts: number[] = [];
  let [running, most] = [0, 0];
  await Promise.all(
    tasks.map(async ({ arrives, lasts }) => {
      if (arrives > 0) await last(arrives);
      return throttle.run(async () => {
        starts.push(now() - epoch);
        most = Math.max(most, (running += 1));
        if (lasts > 0) await last(lasts);
        running -= 1;
      });
    }),
  );
  return { starts, most, waitedMs: throttle.waitedMs() };
}

const ascending = (one: number, other: number): number => one - other;

const tasks = (count: number, lasts = 0) =>
  Array.from({ length: count }, () => ({ arrives: 0, lasts }));

describe('tokens', () => {
  /** Rate, burst, the starts of six tasks that arrive together, because. */
  const rows: readonly (readonly [number, number, readonly number[], string])[] = [
    [10, 20, [0, 0, 0, 0, 0, 0], 'all fit into one burst'],
    [10, 3, [0, 0, 0, 300, 400, 500], 'a burst ends after 0.3 s, and no other follows'],
    [40, 4, [0, 0, 0, 0, 100, 100], 'the starts of a tenth of a second come together'],
    [10, 1, [0, 100, 200, 300, 400, 500], 'a burst below the rate spaces them evenly'],
    [0.5, 2, [0, 0, 4000, 6000, 8000, 10_000], 'rates below one per second are possible'],
    [3, 1, [0, 334, 668, 1002, 1336, 1670], 'a third of a second is never cut short'],
    [10, 2.9, [0, 0, 200, 300, 400, 500], 'tokens are whole'],
    [10, 0.5, [0, 100, 200, 300, 400, 500], 'the least burst is one'],
  ];
  test.each(rows)('%d/s, burst %d: %j, because %s', async (requestsPerSecond, burst, expected) => {
    const { starts } = await run({ requestsPerSecond, burst, concurrency: 100 }, tasks(6));
    expect(starts).toEqual(expected);
  });

  test('three hundred requests take the time that rate and burst require', async () => {
    const { starts } = await run(
      { requestsPerSecond: 10, burst: 20, concurrency: 8 },
      tasks(300, 100),
    );
    expect(starts.at(-1)).toBeGreaterThanOrEqual(28_000);
    expect(starts.at(-1)).toBeLessThanOrEqual(31_500);
  });

  test('a server with variable latency never sees two bursts in a second', async () => {
    const late = 400;
    const options = { requestsPerSecond: 10, burst: 10, concurrency: 100 };
    const { starts } = await run(options, tasks(100));
    const arrivals = starts
      .map((start, index) => start + (index % 20 < 10 ? late : 0))
      .toSorted(ascending);
    const within = arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1000));
    expect(Math.max(...within.map(({ length }) => length))).toBeLessThanOrEqual(14);
  });

  test('after a rest a burst is possible again', async () => {
    const throttle = createThrottle({ requestsPerSecond: 10, burst: 3, concurrency: 9 }, clock);
    const epoch = now();
    const startsAfter = async (pause: number): Promise<readonly number[]> => {
      await last(pause);
      const starts = await Promise.all(tasks(3).map(() => startOf(throttle)));
      return starts.map((start) => start - epoch);
    };
    expect(await startsAfter(0)).toEqual([0, 0, 0]);
    expect(await startsAfter(350)).toEqual([350, 450, 550]);
    expect(await startsAfter(700)).toEqual([1250, 1250, 1250]);
  });

  test('a fixed limit does not adapt', async () => {
    const throttle = createThrottle({ requestsPerSecond: 10, burst: 20, concurrency: 8 }, clock);
    for (const ending of ['answered', 'limited', 'unavailable'] as const)
      await Promise.all(tasks(50).map(() => throttle.run(async (tell) => tell(ending))));
    expect(throttle.state()).toEqual({
      rate: 10,
      waiting: 0,
      running: 0,
      refused: 50,
      headroom: 0,
    });
    await last(2500);
    expect(throttle.state().headroom).toBeCloseTo(0.5);
    await last(5000);
    expect(throttle.state().headroom).toBe(1);
  });

  test.each([
    ['back', -3_600_000],
    ['forward', 3_600_000],
  ])(
    'a clock that is set %s allows no more starts, and delays none longer than a window',
    async (_, by) => {
      const throttle = createThrottle({ requestsPerSecond: 1, burst: 2, concurrency: 9 }, clock);
      const starts: number[] = [];
      const all = Promise.all(
        tasks(6).map(() => throttle.run(async () => starts.push(clock.steady()))),
      );
      await last(1000);
      clock.set(new Date(now() + by));
      await all;
      const [first = 0] = starts;
      expect(starts.map((start) => start - first)).toEqual([0, 0, 2000, 3000, 4000, 5000]);
    },
  );

  test('no window contains more than a burst, and no more tasks run together than the concurrency allows', async () => {
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
      { seed: 6 },
    );
  });
});

describe('the queue', () => {
  test('counts the wait for a slot or a token', async () => {
    const { starts, waitedMs } = await run(
      { requestsPerSecond: 100, burst: 100, concurrency: 2 },
      tasks(6, 50),
    );
    expect(starts).toEqual([0, 0, 50, 50, 100, 100]);
    expect(waitedMs).toBe(300);
  });

  test('starts tasks by priority, and equal ones in order', async () => {
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

  test('starts the last task first if it has the highest priority', async () => {
    const throttle = createThrottle({ requestsPerSecond: 1, burst: 1, concurrency: 5 }, clock);
    const order: string[] = [];
    const add = (name: string, priority: number) =>
      throttle.run(async () => void order.push(name), { priority });
    const all = [add('first', 0), add('second', 0)];
    await last(500);
    expect(throttle.state()).toMatchObject({ waiting: 1, running: 0 });
    all.push(add('urgent', 1));
    await Promise.all(all);
    expect(order).toEqual(['first', 'urgent', 'second']);
  });

  test('takes no token for an aborted task', async () => {
    const throttle = createThrottle({ requestsPerSecond: 1, burst: 1, concurrency: 5 }, clock);
    const leaving = new AbortController();
    await throttle.run(async () => undefined);
    const left = throttle.run(async () => 'ran', { signal: leaving.signal });
    const stayed = startOf(throttle);
    const start = now();
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect((await stayed) - start).toBe(1000);
  });
});

describe('a pause', () => {
  const open: ThrottleOptions = { requestsPerSecond: 1000, burst: 1000, concurrency: 10 };

  test('delays all tasks that have not started', async () => {
    const throttle = createThrottle(open, clock);
    const end = now() + 30_000;
    throttle.pauseUntil(end);
    const starts = Promise.all([startOf(throttle), startOf(throttle)]);
    expect(await starts).toEqual([end, end]);
  });

  test('is as long as the longest one requested', async () => {
    const throttle = createThrottle(open, clock);
    const begin = now();
    for (const seconds of [10, 60, 20]) throttle.pauseUntil(begin + seconds * 1000);
    const start = startOf(throttle);
    expect(await start).toBe(begin + 60_000);
  });

  test('does not grow if the clock is set back', async () => {
    const throttle = createThrottle(open, clock);
    throttle.pauseUntil(now() + 30_000);
    const start = startOf(throttle);
    await last(10_000);
    const set = now() - 3_600_000;
    clock.set(new Date(set));
    expect((await start) - set).toBeLessThanOrEqual(50_000);
  });

  test('starts at the clock’s time, even if it was set back before', async () => {
    const throttle = createThrottle(open, clock);
    await startOf(throttle);
    clock.set(new Date(now() - 3_600_000));
    const end = now() + 30_000;
    throttle.pauseUntil(end);
    expect(await startOf(throttle)).toBe(end);
  });

  test('may be repeated', async () => {
    const throttle = createThrottle(open, clock);
    const begin = now();
    throttle.pauseUntil(begin + 1000);
    await last(5000);
    throttle.pauseUntil(begin + 9000);
    const start = startOf(throttle);
    expect(await start).toBe(begin + 9000);
  });

  test('does not allow a second burst', async () => {
    const throttle = createThrottle({ requestsPerSecond: 1, burst: 2, concurrency: 10 }, clock);
    const begin = now();
    await Promise.all([startOf(throttle), startOf(throttle)]);
    throttle.pauseUntil(begin + 500);
    const start = startOf(throttle);
    expect(await start).toBe(begin + 2000);
  });

  test('ends with the throttle, and no queued task starts', async () => {
    const throttle = createThrottle(open, clock);
    throttle.pauseUntil(now() + 30_000);
    let started = false;
    const waiting = throttle.run(async () => void (started = true));
    const [outcome] = await Promise.allSettled([waiting, throttle.stop()]);
    expect(outcome.status).toBe('rejected');
    expect(clock.sleeping()).toBe(0);
    throttle.pauseUntil(now() + 30_000);
    await last(60_000);
    expect(started).toBe(false);
    expect(clock.sleeping()).toBe(0);
  });
});

test('stop waits for running tasks', async () => {
  const throttle = createThrottle({ requestsPerSecond: 9, burst: 9, concurrency: 9 }, clock);
  const ended: string[] = [];
  const running = throttle.run(() => last(100)).then(() => ended.push('task'));
  const stopping = throttle.stop().then(() => ended.push('throttle'));
  await Promise.all([running, stopping]);
  expect(ended).toEqual(['task', 'throttle']);
});
