import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { apiError, connect } from '../support/apiClient.ts';
import { serve } from '../support/server.ts';
import { virtualClock } from '../support/virtualClock.ts';

/** A server whose answers the test controls. */
async function holding() {
  const open: ServerResponse[] = [];
  const cutOff = Promise.withResolvers<void>();
  const server = await serve(() => (response) => {
    open.push(response);
    response.once('close', () => !response.writableFinished && cutOff.resolve());
  });
  return { ...server, answer: () => open.shift()?.end('{"id":"a"}'), cutOff: cutOff.promise };
}

const stopped = 'was stopped: shutting down, or no longer wanted';
const one = { requestsPerSecond: 10_000, burst: 10_000, concurrency: 1 };

describe('drain', () => {
  test('waits for a write in flight and returns its answer', async () => {
    await using server = await holding();
    await using api = connect(server.url);
    const ends: string[] = [];
    const write = api.post('/x', {}).finally(() => ends.push('write'));
    await server.arrived(1);
    const drained = api.drain().finally(() => ends.push('drain'));
    server.answer();
    expect(await write).toEqual({ id: 'a' });
    await drained;
    expect(ends).toEqual(['write', 'drain']);
  });

  test('aborts a read in flight', async () => {
    await using server = await holding();
    const ended = Promise.withResolvers<object>();
    const log = { debug: ended.resolve, warn: ended.reject };
    await using api = connect(server.url, { log });
    const read = apiError(api.get('/x'));
    await server.arrived(1);
    await api.drain();
    expect(await read).toMatchObject({ verdict: 'unavailable', message: `GET /x ${stopped}` });
    await server.cutOff;
    expect(await ended.promise).toMatchObject({ path: '/x', result: 'stopped' });
  });

  test('aborts a walk', async () => {
    await using server = await holding();
    await using api = connect(server.url);
    const walk = apiError(Array.fromAsync(api.list('/x')));
    await server.arrived(1);
    await api.drain();
    expect(await walk).toMatchObject({ verdict: 'unavailable', message: `GET /x ${stopped}` });
  });

  test('sends no queued read or write', async () => {
    await using server = await holding();
    await using api = connect(server.url, { throttle: one });
    const running = api.post('/first', {});
    await server.arrived(1);
    const waiting = [api.post('/x', {}), api.get('/x'), api.remove('/x')].map(apiError);
    const drained = api.drain();
    for (const error of await Promise.all(waiting)) {
      expect(error.verdict).toBe('unavailable');
      expect(error.message).toContain(stopped);
    }
    server.answer();
    expect(await running).toEqual({ id: 'a' });
    await drained;
    expect(server.seen).toHaveLength(1);
  });

  test('ends the pause before a retry', async () => {
    await using server = await serve(() => ({ status: 429, json: {} }));
    const clock = virtualClock();
    await using api = connect(server.url, { clock });
    const calls = [apiError(api.post('/x', {})), apiError(api.get('/x'))];
    await clock.asleep(2);
    await api.drain();
    for (const error of await Promise.all(calls)) expect(error.verdict).toBe('unavailable');
    expect(server.seen).toHaveLength(2);
  });

  test('ends a pause that the API asked for', async () => {
    await using server = await serve(() => ({
      status: 429,
      headers: { 'retry-after': '60' },
      json: {},
    }));
    const clock = virtualClock();
    await using api = connect(server.url, { clock });
    const call = apiError(api.post('/x', {}));
    await clock.asleep(1);
    await api.drain();
    expect(await call).toMatchObject({ verdict: 'unavailable' });
    expect(server.seen).toHaveLength(1);
  });

  test('stops later requests, and may be called twice', async () => {
    await using server = await holding();
    await using api = connect(server.url);
    await Promise.all([api.drain(), api.drain()]);
    expect(await apiError(api.put('/x', {}))).toMatchObject({ verdict: 'unavailable' });
    expect(await apiError(Array.fromAsync(api.list('/x')))).toMatchObject({
      verdict: 'unavailable',
    });
    expect(server.seen).toEqual([]);
  });
});

test('runs when the signal is aborted, before or after the client is created', async () => {
  await using server = await holding();
  const shutdown = new AbortController();
  await using before = connect(server.url, { signal: shutdown.signal });
  const read = apiError(before.get('/x'));
  await server.arrived(1);
  shutdown.abort();
  expect(await read).toMatchObject({ verdict: 'unavailable' });
  await using after = connect(server.url, { signal: shutdown.signal });
  expect(await apiError(after.get('/x'))).toMatchObject({ verdict: 'unavailable' });
  expect(server.seen).toHaveLength(1);
});

test('runs when the client is disposed of, which also closes the connections', async () => {
  const closed = Promise.withResolvers<string>();
  await using server = await serve(() => (response) => {
    response.socket?.once('close', () => closed.resolve('closed'));
    response.end('{}');
  });
  {
    await using api = connect(server.url);
    await api.get('/x');
  }
  expect(await closed.promise).toBe('closed');
});
