import { expect, test } from 'vitest';
import type { Message } from '../../../src/model/notify/alert.ts';
import type { Notification, SinkTarget } from '../../../src/model/settings.ts';
import { alertChanges, sinksOf } from '../../../src/notify/alertChanges.ts';
import { alertOf, deliver, env, key, message } from './deliver.ts';

const pagerduty = (url: string): SinkTarget => ({
  sink: 'pagerduty',
  target: { routingKey: env('KEY'), url },
});

/** Delivers and returns the events that arrive. */
const eventsOf = async (over: Partial<Message>) =>
  (await deliver(pagerduty, { ...message, opened: [], resolved: [], ...over })).bodies;

test('opens an alert by its key, and resolves it by the same key', async () => {
  const a = alertOf('a', { class: 'failed', reason: 'no\nroom' });
  expect(await eventsOf({ opened: [a], resolved: [a] })).toEqual([
    {
      routing_key: key,
      event_action: 'trigger',
      dedup_key: 'default/failed/machines/a',
      payload: {
        summary: String.raw`Holdfast: failed machines/a (since ${a.since}): no\u000aroom`,
        source: 'default',
        severity: 'error',
        timestamp: a.since,
        class: 'failed',
        component: 'machines',
        custom_details: { ...a, reason: String.raw`no\u000aroom` },
      },
      links: [{ href: 'https://holdfast.example.com/', text: 'Dashboard' }],
    },
    { routing_key: key, event_action: 'resolve', dedup_key: 'default/failed/machines/a' },
  ]);
});

test('an alert without a resource, and a reminder', async () => {
  const config = alertOf('', { class: 'config', kind: null, name: null });
  expect(await eventsOf({ event: 'reminder', opened: [config] })).toMatchObject([
    { event_action: 'trigger', dedup_key: 'default/config', payload: { severity: 'error' } },
  ]);
});

test('a key that is too long is replaced by its hash', async () => {
  const keys = await Promise.all(
    ['x', 'y'].map(async (end) => {
      const alert = alertOf('n'.repeat(255) + end);
      const bodies = await eventsOf({ opened: [alert], resolved: [alert] });
      return bodies.map((body) => (body as { dedup_key: string }).dedup_key);
    }),
  );
  expect(keys.flat()).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/^\w{64}$/)));
  expect(new Set(keys.flat()).size).toBe(2);
});

test('a test opens an alert and resolves it', async () => {
  expect(await eventsOf({ event: 'test' })).toMatchObject([
    {
      event_action: 'trigger',
      dedup_key: 'default/test',
      payload: { summary: 'Holdfast: a test message', severity: 'info' },
    },
    { event_action: 'resolve', dedup_key: 'default/test' },
  ]);
});

test('stops at an event that is refused', async () => {
  const opened = ['a', 'b', 'c'].map((name) => alertOf(name));
  const { delivery, requests } = await deliver(pagerduty, { ...message, opened }, (index) => ({
    status: index === 1 ? 400 : 202,
  }));
  expect(delivery).toEqual({ result: 'retry', reason: 'it answered with status 400' });
  expect(requests).toHaveLength(2);
});

test('a pass records a message for each alert, in order, and none for the baseline', () => {
  const notification: Notification = {
    sink: 'pagerduty',
    target: { routingKey: env('KEY'), url: 'https://example.com' },
    on: ['drift'],
    kinds: null,
    labels: {},
    settle: 1,
    remind: null,
  };
  const sinks = sinksOf([notification]);
  const id = sinks[0]?.id ?? '';
  const findings = {
    workspace: 'default',
    pass: 'P',
    complete: true,
    at: message.at,
    alerts: Array.from({ length: 1500 }, (_, i) => alertOf(`m${i}`)),
    pending: new Set<never>(),
  };
  expect(alertChanges(sinks, { alerts: [], sinks: new Set() }, findings).messages).toEqual([]);
  const open = { ...alertOf('z'), sink: id, state: 'open', passes: 1, toldAt: null } as const;
  const { messages } = alertChanges(sinks, { alerts: [open], sinks: new Set([id]) }, findings);
  const ids = messages.map((one) => one.message.id);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(1501);
  expect(messages[1499]?.message).toMatchObject({
    event: 'opened',
    opened: [{ name: 'm1499' }],
    resolved: [],
  });
  expect(messages[1500]?.message).toMatchObject({
    event: 'resolved',
    opened: [],
    resolved: [{ name: 'z' }],
  });
});
