import { expect, test } from 'vitest';
import type { Message } from '../../src/model/notify/alert.ts';
import { silentLog } from '../../src/model/log.ts';
import { alertChanges, sinksOf } from '../../src/notify/alertChanges.ts';
import { createOutbox } from '../../src/notify/outbox.ts';
import type { Delivery } from '../../src/notify/sink.ts';
import { openTestStore } from '../support/openTestStore.ts';
import { reportWith } from '../support/reports.ts';
import { virtualClock } from '../support/virtualClock.ts';
import type { Notification } from '../../src/model/settings.ts';
import type { Store } from '../../src/model/store.ts';

const slack = (name: string): Notification => ({
  sink: 'slack',
  target: { from: 'env', name },
  on: ['drift'],
  kinds: null,
  labels: {},
  settle: 1,
  remind: null,
});
const sinks = sinksOf([slack('A'), slack('B')]);

/** Records a message for each of two sinks, as a pass would. */
async function recordPass(store: Store, pass: string, names: readonly string[], at: Date) {
  const findings = {
    workspace: 'default',
    pass,
    complete: true,
    at: at.toISOString(),
    alerts: names.map((name) => ({
      class: 'drift' as const,
      kind: 'machines',
      name,
      since: at.toISOString(),
      reason: null,
    })),
    pending: new Set<never>(),
  };
  const changes = alertChanges(sinks, await store.alertState(), findings);
  await store.recordPass(reportWith({ pass, finishedAt: at.toISOString() }), 100, {
    alerts: changes,
  });
}

/** An outbox whose receivers answer with `answers` by the target's variable; the last answer repeats. */
async function outboxWith(answers: Readonly<Record<string, readonly Delivery[]>>) {
  const store = await openTestStore(':memory:');
  const clock = virtualClock();
  const sent: string[] = [];
  const outcomes: string[] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const outbox = createOutbox({
    store,
    clock,
    log: silentLog,
    random: () => 0.5,
    onAttempt: (sink, outcome) => outcomes.push(`${sink.slice(0, 5)} ${outcome}`),
    async deliver(message: Message, { target }) {
      const name = 'name' in target ? target.name : '';
      sent.push(`${name} ${message.event} ${message.opened.map((alert) => alert.name).join(',')}`);
      const list = left.get(name) ?? [];
      return (list.length > 1 ? list.shift() : list[0]) ?? { result: 'delivered' };
    },
  });
  const run = () => outbox.deliverDue(sinks, new AbortController().signal);
  return { store, clock, sent, outcomes, outbox, run };
}

const failing: Delivery = { result: 'retry', reason: 'it answered with status 500' };

test('messages arrive once, in order, and one that fails holds those of its sink only', async () => {
  const { store, clock, sent, run, outbox } = await outboxWith({
    A: [failing, { result: 'delivered' }],
  });
  await recordPass(store, '01A', [], clock.now());
  await recordPass(store, '01B', ['m'], clock.now());
  await recordPass(store, '01C', ['m', 'n'], clock.now());
  const next = await run();
  expect(sent).toEqual(['A opened m', 'B opened m', 'B opened n']);
  expect(outbox.status()).toMatchObject([
    { pending: 2, error: failing.reason, off: false },
    { pending: 0, error: null, off: false },
  ]);
  expect(next).toEqual(new Date(clock.now().getTime() + 5000));
  await run();
  expect(sent).toHaveLength(3);
  clock.advance(5000);
  expect(await run()).toBeUndefined();
  expect(sent.slice(3)).toEqual(['A opened m', 'A opened n']);
  expect(outbox.status()).toMatchObject([{ pending: 0, error: null }, { pending: 0 }]);
  await store[Symbol.asyncDispose]();
});

test('a receiver is asked for less and less, and a message is dropped after a day', async () => {
  const { store, clock, sent, outcomes, run } = await outboxWith({ A: [failing] });
  await recordPass(store, '01A', [], clock.now());
  await recordPass(store, '01B', ['m'], clock.now());
  const begun = clock.now().getTime();
  const minutes: number[] = [];
  for (let next = await run(); next; next = await run()) {
    clock.advance(next.getTime() - clock.now().getTime());
    minutes.push(Math.round((clock.now().getTime() - begun) / 60_000));
  }
  expect(minutes).toEqual([0, 1, 6, 36, 156, 456, 756, 1056, 1356, 1656]);
  expect(outcomes.filter((outcome) => outcome.endsWith('dropped'))).toHaveLength(1);
  expect(sent.filter((text) => text.startsWith('A'))).toHaveLength(11);
  expect(await store.pendingMessages()).toEqual([]);
  await store[Symbol.asyncDispose]();
});

test('the pause that a receiver asks for is kept', async () => {
  const { store, clock, run } = await outboxWith({ A: [{ ...failing, afterMs: 60_000 }] });
  await recordPass(store, '01A', [], clock.now());
  await recordPass(store, '01B', ['m'], clock.now());
  expect(await run()).toEqual(new Date(clock.now().getTime() + 60_000));
  await store[Symbol.asyncDispose]();
});

test('nothing more is sent to a receiver that is gone', async () => {
  const { store, clock, sent, run, outbox } = await outboxWith({
    A: [{ result: 'gone', reason: 'it answered with status 410' }],
  });
  await recordPass(store, '01A', [], clock.now());
  await recordPass(store, '01B', ['m'], clock.now());
  expect(await run()).toBeUndefined();
  await recordPass(store, '01C', ['n'], clock.now());
  clock.advance(3_600_000);
  expect(await run()).toBeUndefined();
  expect(sent).toEqual(['A opened m', 'B opened m', 'B opened n']);
  expect(outbox.status()[0]).toMatchObject({ pending: 2, off: true });
  await store[Symbol.asyncDispose]();
});

test('alerts and messages of a sink that is no longer configured are forgotten', async () => {
  const { store, clock, sent, run } = await outboxWith({});
  await recordPass(store, '01A', [], clock.now());
  await recordPass(store, '01B', ['m'], clock.now());
  const findings = {
    workspace: 'default',
    pass: '01C',
    complete: true,
    at: clock.now().toISOString(),
    alerts: [],
    pending: new Set<never>(),
  };
  const [, other] = sinks;
  const changes = alertChanges(other ? [other] : [], await store.alertState(), findings);
  await store.recordPass(reportWith({ pass: '01C' }), 100, { alerts: changes });
  await run();
  expect(sent.map((text) => text.split(' ', 2).join(' '))).toEqual(['B opened', 'B resolved']);
  expect((await store.alertState()).sinks).toEqual(new Set([other?.id]));
  await store[Symbol.asyncDispose]();
});

test('sinks with the same settings have ids of their own, and the id shows no secret', () => {
  const webhook: Notification = {
    ...slack('A'),
    sink: 'webhook',
    target: { url: { from: 'value', value: 'https://example.com/canary' }, secret: null },
  };
  const ids = sinksOf([slack('A'), webhook, slack('A')]).map(({ id }) => id);
  expect(ids[2]).toBe(`${ids[0]}-2`);
  expect(ids[1]).toMatch(/^webhook-[0-9a-f]{8}$/);
});
