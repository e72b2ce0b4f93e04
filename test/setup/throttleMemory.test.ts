import { describe, expect, test } from 'vitest';
import { createApi, type Client } from '../../src/api/client.ts';
import { createThrottle } from '../../src/api/throttle/throttle.ts';
import { silentLog } from '../../src/model/log.ts';
import { ApiError, type ThrottleMemory } from '../../src/model/api.ts';
import type { Store } from '../../src/model/store.ts';
import type { Clock } from '../../src/model/time/clock.ts';
import { createThrottleKeeper } from '../../src/setup/team/throttleKeeper.ts';
import { storm } from '../support/hiddenLimit.ts';
import { inProcess, type InProcess } from '../support/inProcess.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { simulatedClock, type SimulatedClock } from '../support/simulatedClock.ts';

const adaptive = { requestsPerSecond: 10, burst: 20, concurrency: 8, adaptive: true, ceiling: 50 };

/** A process: a client that begins with what the store has, and keeps what it learns there. */
async function started(team: InProcess, clock: Clock, store: Store) {
  const memory = await store.throttleMemory();
  const keeper = createThrottleKeeper(store, memory, silentLog);
  const client = createApi({
    url: 'http://simulated',
    key: 'key',
    throttle: adaptive,
    requests: { timeout: 30_000, retries: 0 },
    clock,
    transport: team.transport(),
    memory,
    onLearnt: keeper.save,
  });
  return {
    client,
    end: async (): Promise<void> => {
      await client[Symbol.asyncDispose]();
      await keeper[Symbol.asyncDispose]();
    },
  };
}

const read = (client: Client) => client.get('/auth/session', {}, (value) => value);

/** Lets the throttle work on a limit of 8 a second, and returns what it has learnt. */
async function learnt(clock: SimulatedClock): Promise<ThrottleMemory> {
  const throttle = createThrottle(adaptive, clock);
  await storm(throttle, clock, { perSecond: 8, bucket: 8, retryAfter: false }, 60);
  return { at: clock.now().getTime(), limit: throttle.limit(), pause: null };
}

describe('after a restart', () => {
  test('nothing is sent before the end of a Retry-After', async () => {
    const clock = simulatedClock();
    const team = inProcess(clock, { record: true });
    await using store = await openTestStore();
    team.fault({ kind: { status: 429, retryAfter: 90 } });
    const first = await started(team, clock, store);
    await expect(read(first.client)).rejects.toBeInstanceOf(ApiError);
    await first.end();
    await clock.sleep(30_000);
    const second = await started(team, clock, store);
    await read(second.client);
    expect(clock.steady()).toBe(90_000);
    expect(team.requests).toHaveLength(2);
    await second.end();
  });

  test('requests fail until the end of a pause that is too long to wait for', async () => {
    const clock = simulatedClock();
    const team = inProcess(clock, { record: true });
    await using store = await openTestStore();
    team.fault({ kind: { status: 429, retryAfter: 3600 } });
    const first = await started(team, clock, store);
    await expect(read(first.client)).rejects.toBeInstanceOf(ApiError);
    await first.end();
    const second = await started(team, clock, store);
    await expect(read(second.client)).rejects.toThrow('asked for a pause of 3600 s');
    expect(team.requests).toHaveLength(1);
    await clock.sleep(10 * 60_000);
    await read(second.client);
    expect(team.requests).toHaveLength(2);
    await second.end();
  });

  test('a clock that was set back does not prolong a pause', async () => {
    const clock = simulatedClock();
    const team = inProcess(clock, { record: true });
    await using store = await openTestStore();
    const until = clock.now().getTime() + 86_400_000;
    await store.saveThrottleMemory({ at: until, limit: null, pause: { until, reason: null } });
    const { client, end } = await started(team, clock, store);
    await read(client);
    expect(clock.steady()).toBe(10 * 60_000);
    await end();
  });

  test('a store without a memory changes nothing', async () => {
    const clock = simulatedClock();
    await using store = await openTestStore();
    const { client, end } = await started(inProcess(clock), clock, store);
    expect(await store.throttleMemory()).toBeUndefined();
    expect(client.throttle().rate).toBe(10);
    await read(client);
    await end();
    expect(await store.throttleMemory()).toBeUndefined();
  });

  test('the rate begins where it was, and a former limit is overcome as in one process', async () => {
    const clock = simulatedClock();
    const memory = await learnt(clock);
    expect(memory.limit?.rate).toBeLessThan(10);
    const restarted = createThrottle(adaptive, clock, { memory });
    expect(restarted.state().rate).toBe(memory.limit?.rate);
    await storm(restarted, clock, { perSecond: 45, bucket: 45, retryAfter: false }, 300);
    expect(restarted.state().rate).toBeGreaterThan(30);
  });

  test('the time since counts, up to the last known limit', async () => {
    const clock = simulatedClock();
    const limit = { rate: 1, base: 1, ceiling: 8, progress: 0 };
    const memory = { at: clock.now().getTime(), limit, pause: null };
    const rate = () => createThrottle(adaptive, clock, { memory }).state().rate;
    const rates = [rate()];
    for (const minutes of [1, 2, 60, 60 * 24 * 365]) {
      await clock.sleep(minutes * 60_000);
      rates.push(rate());
    }
    expect(rates[0]).toBe(1);
    expect(rates[1]).toBeGreaterThan(4);
    expect(rates[2]).toBeGreaterThan(rates[1] ?? 8);
    expect(rates.slice(3)).toEqual([8, 8]);
  });
});

test('a keeper writes one at a time, the latest last, and nothing that it knows', async () => {
  const saved: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  const store = {
    async saveThrottleMemory({ pause }: ThrottleMemory) {
      saved.push(pause?.until);
      await gate.promise;
    },
  };
  const keeper = createThrottleKeeper(store, undefined, silentLog);
  const memory = (until: number): ThrottleMemory => ({
    at: until,
    limit: null,
    pause: { until, reason: null },
  });
  for (const until of [1, 2, 3]) keeper.save(memory(until));
  gate.resolve();
  await keeper[Symbol.asyncDispose]();
  keeper.save({ ...memory(3), at: 4 });
  await keeper[Symbol.asyncDispose]();
  expect(saved).toEqual([1, 3]);
});
