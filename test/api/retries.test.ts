import { describe, expect, test } from 'vitest';
import { apiError, connect } from '../support/apiClient.ts';
import { serve, type Reply } from '../support/server.ts';
import { virtualClock } from '../support/virtualClock.ts';

const busy: Reply = { status: 503, text: '' };
const limited: Reply = { status: 429, json: { code: 'TOO_MANY_REQUESTS', message: 'slow down' } };
const asks = (value: string): Reply => ({
  status: 429,
  headers: { 'retry-after': value },
  json: {},
});
const fine: Reply = { json: { id: 'a' } };

/** Sends these replies in turn, and the last one for ever. */
const inTurn =
  (...replies: readonly Reply[]) =>
  (_request: unknown, index: number): Reply =>
    replies[Math.min(index, replies.length - 1)] ?? fine;

/** Resolves after all pending promises of this turn of the event loop: answered requests are queued again. */
const waitingAgain = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a retry', () => {
  test('follows after growing pauses until the request succeeds', async () => {
    await using server = await serve(inTurn(busy, { text: '<html>' }, fine));
    const clock = virtualClock({ hurry: true });
    await using api = connect(server.url, { clock });
    expect(await api.get('/x')).toEqual({ id: 'a' });
    expect(clock.sleeps).toEqual([1250, 2500]);
    expect(api.usage()).toMatchObject({ requests: 3, retries: 2, rateLimited: 0 });
  });

  test('waits longer after a 429', async () => {
    await using server = await serve(inTurn(limited, limited, fine));
    const clock = virtualClock({ hurry: true });
    await using api = connect(server.url, { clock });
    expect(await api.post('/x', { name: 'a' })).toEqual({ id: 'a' });
    expect(clock.sleeps).toEqual([12_500, 25_000]);
    expect(api.usage()).toMatchObject({ requests: 3, retries: 2, rateLimited: 2 });
    expect(server.seen.map(({ body }) => body)).toEqual(Array(3).fill('{"name":"a"}'));
  });

  test('fails with the error of the last attempt and the number of attempts', async () => {
    await using server = await serve(inTurn(busy, limited));
    await using api = connect(server.url);
    const error = await apiError(api.get('/x'));
    expect(error.message).toBe(
      'GET /x answered 429 TOO_MANY_REQUESTS: slow down (after 3 attempts)',
    );
    expect(error).toMatchObject({ verdict: 'unavailable', status: 429, code: 'TOO_MANY_REQUESTS' });
  });

  test('does not happen if none are allowed', async () => {
    await using server = await serve(() => busy);
    await using api = connect(server.url, { requests: { timeout: 1000, retries: 0 } });
    expect((await apiError(api.get('/x'))).message).toBe('GET /x answered 503 Service Unavailable');
    expect(server.seen).toHaveLength(1);
  });

  test('occupies no slot while it waits', async () => {
    await using server = await serve(({ url }, index) =>
      url === '/a' && index === 0 ? busy : fine,
    );
    const clock = virtualClock();
    const throttle = { requestsPerSecond: 10_000, burst: 10_000, concurrency: 1 };
    await using api = connect(server.url, { clock, throttle });
    const pausing = api.get('/a');
    await clock.asleep(1);
    expect(await api.get('/b')).toEqual({ id: 'a' });
    clock.advance(1250);
    expect(await pausing).toEqual({ id: 'a' });
    expect(server.seen.map(({ url }) => url)).toEqual(['/a', '/b', '/a']);
  });

  test('precedes queued first attempts', async () => {
    await using server = await serve(({ url }, index) =>
      url === '/a' && index === 0 ? busy : fine,
    );
    const throttle = { requestsPerSecond: 10_000, burst: 10_000, concurrency: 1 };
    await using api = connect(server.url, { throttle });
    await Promise.all(['/a', '/b', '/c', '/d'].map((path) => api.get(path)));
    // /b has the slot while /a waits, although the wait is 0.
    expect(server.seen.map(({ url }) => url)).toEqual(['/a', '/b', '/a', '/c', '/d']);
  });

  test('takes a token like each attempt', async () => {
    await using server = await serve(inTurn(busy, busy, fine));
    const throttle = { requestsPerSecond: 0.01, burst: 2, concurrency: 8 };
    const clock = virtualClock({ hurry: true });
    await using api = connect(server.url, { throttle, clock });
    await api.get('/x');
    // The third attempt waits for the third token, which is available 200 s after the first.
    expect(clock.sleeps).toEqual([1250, 2500, 196_250]);
    expect(api.usage()).toMatchObject({ requests: 3, retries: 2, waitedMs: 196_250 });
  });
});

describe('a request in the background', () => {
  test('starts after all others', async () => {
    await using server = await serve(() => fine);
    const throttle = { requestsPerSecond: 10_000, burst: 10_000, concurrency: 1 };
    await using api = connect(server.url, { throttle });
    const background = api.inBackground();
    const first = api.get('/first');
    await Promise.all([
      first,
      background.get('/background'),
      api.get('/read'),
      api.post('/write', {}),
    ]);
    expect(server.seen.map(({ url }) => url)).toEqual(['/first', '/write', '/read', '/background']);
  });

  test('is not retried, while others of the client are', async () => {
    await using server = await serve(inTurn(busy, busy, fine));
    await using api = connect(server.url);
    expect(await apiError(api.inBackground().get('/x'))).toMatchObject({ verdict: 'unavailable' });
    expect(server.seen).toHaveLength(1);
    expect(await api.get('/x')).toEqual({ id: 'a' });
  });
});

describe('Retry-After', () => {
  test('delays all requests of the client', async () => {
    await using server = await serve(inTurn(asks('30'), fine));
    const clock = virtualClock();
    const throttle = { requestsPerSecond: 10_000, burst: 10_000, concurrency: 1 };
    await using api = connect(server.url, { clock, throttle });
    const calls = ['/a', '/b', '/c'].map((path) => api.get(path));
    await clock.asleep(1);
    await waitingAgain();
    expect(clock.sleeps).toEqual([30_000]);
    clock.advance(29_999);
    expect(api.usage()).toMatchObject({ requests: 1, rateLimited: 1 });
    clock.advance(1);
    expect(await Promise.all(calls)).toEqual([{ id: 'a' }, { id: 'a' }, { id: 'a' }]);
    expect(server.seen.map(({ url }) => url)).toEqual(['/a', '/a', '/b', '/c']);
    // /a waits 30 s more, /b and /c 30 s each.
    expect(api.usage()).toEqual({ requests: 4, retries: 1, rateLimited: 1, waitedMs: 90_000 });
  });

  test('may be a date', async () => {
    const clock = virtualClock({ hurry: true });
    const date = new Date(clock.now().getTime() + 90_000).toUTCString();
    await using server = await serve(inTurn(asks(date), fine));
    await using api = connect(server.url, { clock });
    await api.get('/x');
    expect(clock.sleeps).toEqual([90_000]);
  });

  test('in answer to a write that is not retried delays the others', async () => {
    const failed: Reply = { status: 500, headers: { 'retry-after': '30' }, text: '' };
    await using server = await serve(inTurn(failed, fine));
    const clock = virtualClock();
    await using api = connect(server.url, { clock });
    expect(await apiError(api.post('/x', {}))).toMatchObject({ verdict: 'uncertain' });
    const read = api.get('/y');
    expect(api.usage().requests).toBe(1);
    clock.advance(30_000);
    expect(await read).toEqual({ id: 'a' });
  });

  test('beyond ten minutes fails the request', async () => {
    await using server = await serve(() => asks('601'));
    const clock = virtualClock({ hurry: true });
    await using api = connect(server.url, { clock });
    const error = await apiError(api.post('/x', {}));
    expect(error.message).toBe(
      'POST /x answered 429 Too Many Requests; it asks for a pause of 601 s, too long to wait for',
    );
    expect(error.verdict).toBe('unavailable');
    expect(server.seen).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  test.each([['601'], ['9'.repeat(400)]])(
    'beyond ten minutes (%s) stops all requests for ten minutes',
    async (seconds) => {
      await using server = await serve(inTurn(asks(seconds), fine));
      const clock = virtualClock();
      await using api = connect(server.url, { clock });
      await apiError(api.get('/x'));
      for (const call of [api.get('/y'), api.post('/y', {}), Array.fromAsync(api.list('/y'))]) {
        const { verdict, message } = await apiError(call);
        expect(verdict).toBe('unavailable');
        expect(message).toContain('/y was not sent: the API has asked for a pause of ');
      }
      expect(server.seen).toHaveLength(1);
      clock.advance(600_000);
      expect(await api.get('/y')).toEqual({ id: 'a' });
      expect(api.usage()).toMatchObject({ requests: 2 });
    },
  );

  test('is logged', async () => {
    await using server = await serve(inTurn(asks('30'), fine));
    const lines: unknown[] = [];
    const log = {
      debug: () => undefined,
      warn: (fields: object, message: string) => void lines.push({ ...fields, message }),
    };
    await using api = connect(server.url, { log });
    await api.get('/x');
    expect(lines).toEqual([{ milliseconds: 30_000, message: 'the API asks for a pause' }]);
  });
});
