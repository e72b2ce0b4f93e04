import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Hono } from 'hono';
import { createEvents } from '../../src/server/events.ts';
import { listen } from '../../src/server/listen.ts';
import { reportWith } from '../support/reports.ts';
import { virtualClock } from '../support/virtualClock.ts';

/** A server of events with a stopped clock. */
async function serving() {
  const clock = virtualClock();
  const events = createEvents(clock);
  const server = await listen(new Hono().get('/', events.answer), {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
  });
  return {
    clock,
    events,
    url: server.url,
    /** Opens a stream, and returns its chunks once the server has registered it. */
    async listener() {
      const response = await fetch(server.url);
      const pieces = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      const next = async (): Promise<string | undefined> => (await pieces?.read())?.value;
      expect(await next()).toBe(': holdfast\n\n');
      return { next, type: response.headers.get('content-type'), leave: () => pieces?.cancel() };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('every listener gets an event for each pass that ends', async () => {
  await using it = await serving();
  const listeners = [await it.listener(), await it.listener()];
  const report = reportWith({ pass: '01B' });
  it.events.passEnded(report);
  const { pass, trigger, mode, startedAt, finishedAt, summary } = report;
  const data = JSON.stringify({ pass, trigger, mode, startedAt, finishedAt, summary });
  for (const { next, type } of listeners) {
    expect(type).toBe('text/event-stream');
    expect(await next()).toBe(`event: pass\ndata: ${data}\nid: 01B\n\n`);
  }
  await it.events.close();
});

test('a comment is sent every 15 seconds', async () => {
  await using it = await serving();
  const { next } = await it.listener();
  for (const beats of [1, 2, 3]) {
    await it.clock.asleep(beats);
    it.clock.advance(15_000);
    expect(await next()).toBe(': holdfast\n\n');
  }
  expect(new Set(it.clock.sleeps)).toEqual(new Set([15_000]));
  await it.events.close();
});

test('close ends every response after its events', async () => {
  await using it = await serving();
  const { next } = await it.listener();
  it.events.passEnded(reportWith({ pass: '01B' }));
  await it.events.close();
  await it[Symbol.asyncDispose]();
  expect(await next()).toContain('id: 01B');
  expect(await next()).toBeUndefined();
});

test('close does not wait long for a listener that does not read', async () => {
  await using it = await serving();
  const { hostname, port } = new URL(it.url);
  const deaf = connect(Number(port), hostname).pause();
  deaf.write(`GET / HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  await it.clock.asleep(1);
  it.events.passEnded(reportWith({ pass: '01B', startedAt: 'x'.repeat(50_000_000) }));
  const closed = it.events.close();
  await it.clock.asleep(2);
  it.clock.advance(1000);
  await closed;
  deaf.destroy();
});

test('a disconnected listener is removed, and close does not wait for it', async () => {
  await using it = await serving();
  const [leaver, listener] = [await it.listener(), await it.listener()];
  await leaver.leave();
  it.events.passEnded(reportWith({ pass: '01A' }));
  it.events.passEnded(reportWith({ pass: '01B' }));
  expect(await listener.next()).toContain('id: 01A');
  await it.events.close();
});
