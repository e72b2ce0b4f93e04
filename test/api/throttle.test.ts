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

/** Runs tasks that arrive and last as told, to the end; when each started, and the most that ran together. */
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
  /** requests a second, burst, when six tasks that are there at once start, because. */
  const rows: readonly (readonly [number, number, readonly number[], string])[] = [
    [10, 20, [0, 0, 0, 0, 0, 0], 'they fit into one burst'],
    [10, 3, [0, 0, 0, 300, 400, 500], 'a burst is over after 0.3 s, and no other follows it'],
    [40, 4, [0, 0, 0, 0, 100, 100], 'a tenth of a second comes together'],
    [10, 1, [0, 100, 200, 300, 400, 500], 'a burst below the rate spaces them evenly'],
    [0.5, 2, [0, 0, 4000, 6000, 8000, 10_000], 'rates below one a second count'],
    [3, 1, [0, 334, 668, 1002, 1336, 1670], 'a third of a second is never cut short'],
    [10, 2.9, [0, 0, 200, 300, 400, 500], 'there is no part of a token'],
    [10, 0.5, [0, 100, 200, 300, 400, 500], 'one at a time is the least'],
  ];
  test.each(rows)('%d/s, burst %d: %j, because %s', async (requestsPerSecond, burst, expected) => {
    const { starts } = await run({ requestsPerSecond, burst, concurrency: 100 }, tasks(6));
    expect(starts).toEqual(expected);
  });

  test('three hundred requests take what the rate and the burst say', async () => {
    const { starts } = await run(
      { requestsPerSecond: 10, burst: 20, concurrency: 8 },
      tasks(300, 100),
    );
    expect(starts.at(-1)).toBeGreaterThanOrEqual(28_000);
    expect(starts.at(-1)).toBeLessThanOrEqual(31_500);
  });

  test('a server that gets some later than others never sees two bursts in a second', async () => {
    const late = 400;
    const options = { requestsPerSecond: 10, burst: 10, concurrency: 100 };
    const { starts } = await run(options, tasks(100));
    const arrivals = starts
      .map((start, index) => start + (index % 20 < 10 ? late : 0))
      .toSorted(ascending);
    const within = arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1000));
    expect(Math.max(...within.map(({ length }) => length))).toBeLessThanOrEqual(14);
  });

  test('after a rest there may be a burst again', async () => {
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

  test('a hard limit stays what it is, however it goes', async () => {
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
    'a clock that is set %s lets no more through, and holds up no longer than a window',
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
      { seed: 6 },
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

  test('who comes last with the highest priority goes first, even if another was next', async () => {
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

  test('who no longer waits takes no token', async () => {
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

  test('holds whatever has not started until it is over', async () => {
    const throttle = createThrottle(open, clock);
    const end = now() + 30_000;
    throttle.pauseUntil(end);
    const starts = Promise.all([startOf(throttle), startOf(throttle)]);
    expect(await starts).toEqual([end, end]);
  });

  test('is as long as the longest that was asked for', async () => {
    const throttle = createThrottle(open, clock);
    const begin = now();
    for (const seconds of [10, 60, 20]) throttle.pauseUntil(begin + seconds * 1000);
    const start = startOf(throttle);
    expect(await start).toBe(begin + 60_000);
  });

  test('is not made longer by a clock that is set back', async () => {
    const throttle = createThrottle(open, clock);
    throttle.pauseUntil(now() + 30_000);
    const start = startOf(throttle);
    await last(10_000);
    const set = now() - 3_600_000;
    clock.set(new Date(set));
    expect((await start) - set).toBeLessThanOrEqual(50_000);
  });

  test('counts from the time that the clock shows, even if it was set back before', async () => {
    const throttle = createThrottle(open, clock);
    await startOf(throttle);
    clock.set(new Date(now() - 3_600_000));
    const end = now() + 30_000;
    throttle.pauseUntil(end);
    expect(await startOf(throttle)).toBe(end);
  });

  test('can come again', async () => {
    const throttle = createThrottle(open, clock);
    const begin = now();
    throttle.pauseUntil(begin + 1000);
    await last(5000);
    throttle.pauseUntil(begin + 9000);
    const start = startOf(throttle);
    expect(await start).toBe(begin + 9000);
  });

  test('does not bring a burst together with what went before', async () => {
    const throttle = createThrottle({ requestsPerSecond: 1, burst: 2, concurrency: 10 }, clock);
    const begin = now();
    await Promise.all([startOf(throttle), startOf(throttle)]);
    throttle.pauseUntil(begin + 500);
    const start = startOf(throttle);
    expect(await start).toBe(begin + 2000);
  });

  test('ends with the throttle, and what waited was never started', async () => {
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

test('stopping waits for what runs', async () => {
  const throttle = createThrottle({ requestsPerSecond: 9, burst: 9, concurrency: 9 }, clock);
  const ended: string[] = [];
  const running = throttle.run(() => last(100)).then(() => ended.push('task'));
  const stopping = throttle.stop().then(() => ended.push('throttle'));
  await Promise.all([running, stopping]);
  expect(ended).toEqual(['task', 'throttle']);
});
