import { describe, expect, test } from 'vitest';
import { createApi, type ApiOptions } from '../../src/api/client.ts';
import { seedMachines, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { readId, readName } from '../../src/kinds/lib/rest.ts';
import { apiError } from '../support/apiClient.ts';
import { checkContract } from '../support/contract.ts';
import { inProcess, type Wire } from '../support/inProcess.ts';
import { simulatedClock } from '../support/simulatedClock.ts';

interface Options {
  readonly team?: Pick<SimulatorOptions, 'rateLimit'>;
  readonly wire?: Wire;
  readonly api?: Partial<ApiOptions>;
}

/** A team and a client in one simulated time. */
function inOneWorld({ team: settings, wire, api: apiOptions }: Options = {}) {
  const clock = simulatedClock();
  const epoch = clock.now().getTime();
  const team = inProcess(clock, settings);
  const contract = checkContract(team);
  const api = createApi({
    url: 'http://in.process',
    key: 'key',
    throttle: { requestsPerSecond: 10, burst: 20, concurrency: 8, adaptive: true, ceiling: 1000 },
    requests: { timeout: 30_000, retries: 5 },
    clock,
    random: () => 0.5,
    transport: team.transport({ latency: () => 100, ...wire }),
    ...apiOptions,
  });
  const sent = () => team.requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
  return { clock, team, api, sent, contract, elapsed: () => clock.now().getTime() - epoch };
}

const script = { name: 'a', script: '#!/bin/sh' };

describe('the in-process transport', () => {
  test('a created resource is listed', async () => {
    const { api, contract, elapsed } = inOneWorld();
    const id = await api.post('/startup-scripts', script, readId);
    const [page] = await Array.fromAsync(api.list('/startup-scripts', {}, readId));
    expect(page).toContain(id);
    expect(contract.problems).toEqual([]);
    expect(elapsed()).toBe(200);
  });

  test('a list is read page by page', async () => {
    const { api, team } = inOneWorld();
    seedMachines(team.world, 300);
    const pages = await Array.fromAsync(api.list('/machines'));
    expect(pages.map(({ length }) => length)).toEqual([120, 120, expect.any(Number)]);
    expect(team.requests).toHaveLength(3);
  });

  test('a reset request is lost, and a read is retried', async () => {
    const { api, team, sent } = inOneWorld();
    team.fault({ path: '/machines', kind: 'reset-before' });
    await Array.fromAsync(api.list('/machines'));
    expect(sent()).toEqual(['GET /machines 0', 'GET /machines 200']);
  });

  test('a write without an answer times out as uncertain', async () => {
    const { api, team, sent, elapsed } = inOneWorld({ wire: { timeout: 7000 } });
    team.fault({ kind: 'hang-after' });
    const error = await apiError(api.post('/startup-scripts', script));
    expect(error.message).toBe('POST /startup-scripts got no answer: no answer in time');
    expect(error.verdict).toBe('uncertain');
    expect(elapsed()).toBe(7000);
    const [page] = await Array.fromAsync(api.list('/startup-scripts', {}, readName));
    expect(page).toContain('a');
    expect(sent()).toEqual(['POST /startup-scripts 0', 'GET /startup-scripts 200']);
  });

  test('a read without an answer ends with the client', async () => {
    const { api, team, clock, elapsed } = inOneWorld();
    team.fault({ kind: 'hang' });
    const read = apiError(api.get('/machines/x'));
    await clock.sleep(1000);
    await api.drain();
    expect(await read).toMatchObject({ verdict: 'unavailable' });
    expect(elapsed()).toBe(1000);
  });

  test('an aborted read is stopped in flight', async () => {
    const { team, clock } = inOneWorld();
    const leaving = new AbortController();
    using transport = team.transport({ latency: () => 100 });
    const request = { method: 'GET', path: '/machines', signal: leaving.signal } as const;
    const stopped = transport.exchange(request);
    await clock.sleep(60);
    leaving.abort();
    expect(await stopped).toEqual({ sort: 'stopped' });
    expect(await transport.exchange(request)).toEqual({ sort: 'stopped' });
    expect(team.requests).toHaveLength(1);
  });

  test('a wrong key is rejected', async () => {
    const { api } = inOneWorld({ wire: { key: '' } });
    expect(await apiError(api.get('/machines/x'))).toMatchObject({ status: 401 });
  });
});

describe('the order of the queue', () => {
  const one = { requestsPerSecond: 1000, burst: 1000, concurrency: 1 };

  test('a write precedes reads, and a retry precedes both', async () => {
    const { api, team, sent } = inOneWorld({
      wire: { latency: () => 1500 },
      api: { throttle: one, random: () => 0 },
    });
    team.fault({ path: '/machines/a', kind: { status: 503 } });
    const calls = [
      api.get('/machines/a'),
      api.get('/machines/b'),
      api.get('/machines/c'),
      api.post('/startup-scripts', script),
      api.post('/private-networks', {}),
    ];
    await Promise.allSettled(calls);
    // The first write takes the slot that /a frees, and is answered half a second after /a may be retried.
    expect(sent().map((line) => line.replace(/ \d+$/, ''))).toEqual([
      'GET /machines/a',
      'POST /startup-scripts',
      'GET /machines/a',
      'POST /private-networks',
      'GET /machines/b',
      'GET /machines/c',
    ]);
  });
});

describe('an unknown limit', () => {
  const reads = (count: number) =>
    Array.from({ length: count }, (_, index) => `/machines/${index}`);

  test('is found, and refused requests succeed in the end', async () => {
    const rateLimit = { perSecond: 20, burst: 20, retryAfter: 'seconds' } as const;
    const { api, team, elapsed } = inOneWorld({ team: { rateLimit } });
    await Promise.allSettled(reads(2000).map((path) => api.get(path)));
    const refused = team.requests.filter(({ status }) => status === 429).length;
    expect(team.requests.length - refused).toBe(2000);
    expect(api.usage()).toMatchObject({ requests: 2000 + refused, rateLimited: refused });
    expect(api.throttle()).toMatchObject({ waiting: 0, running: 0, refused });
    expect(refused).toBeLessThan(40);
    expect(elapsed()).toBeLessThan((2000 / 20 / 0.85) * 1000);
  });

  test('that is configured is never exceeded', async () => {
    const rateLimit = { perSecond: 20, burst: 20 };
    const throttle = { requestsPerSecond: 10, burst: 10, concurrency: 8 };
    const { api, elapsed } = inOneWorld({ team: { rateLimit }, api: { throttle } });
    await Promise.allSettled(reads(300).map((path) => api.get(path)));
    expect(api.throttle()).toMatchObject({ rate: 10, refused: 0, headroom: expect.closeTo(0, 1) });
    expect(elapsed()).toBe(30_000);
  });

  test('causes no burst after an outage', async () => {
    const { api, team, clock } = inOneWorld({ api: { requests: { timeout: 1000, retries: 20 } } });
    team.fault({ kind: { status: 503 }, times: 40 });
    const all = Promise.allSettled(reads(500).map((path) => api.get(path)));
    await clock.sleep(10_000);
    expect(api.throttle().rate).toBeLessThanOrEqual(1);
    const before = team.requests.length;
    while (team.requests.length < 45) await clock.sleep(1000);
    await clock.sleep(2000);
    expect(team.requests.length - before).toBeLessThan(40);
    await all;
    expect(team.requests).toHaveLength(540);
  });
});

test('equal worlds run equally', async () => {
  const run = async () => {
    const rateLimit = { perSecond: 5, burst: 5, retryAfter: 'none' } as const;
    let step = 0;
    const latency = (): number => (step = (step + 37) % 101) * 3;
    const { api, team, sent, elapsed } = inOneWorld({ team: { rateLimit }, wire: { latency } });
    team.fault({ kind: 'reset-before', after: 10, times: 3 });
    await Promise.allSettled(Array.from({ length: 60 }, (_, i) => api.get(`/machines/${i}`)));
    return [...sent(), elapsed(), api.usage()];
  };
  expect(await run()).toEqual(await run());
});
