import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { alertOf, deliver, env, message, now } from './deliver.ts';

const webhook = (url: string): SinkTarget => ({
  sink: 'webhook',
  target: { url: { from: 'value', value: url }, secret: env('KEY') },
});

test('is a CloudEvent that is signed as Standard Webhooks specifies', async () => {
  const {
    delivery,
    requests: [request],
  } = await deliver(webhook);
  expect(delivery).toEqual({ result: 'delivered' });
  const { headers, body = '' } = request ?? {};
  const timestamp = String(now.getTime() / 1000);
  const signature = createHmac('sha256', 'key').update(
    `01KAPASS.sink-12345678.${timestamp}.${body}`,
  );
  expect(headers).toMatchObject({
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'webhook-id': '01KAPASS.sink-12345678',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature.digest('base64')}`,
  });
  expect(JSON.parse(body)).toMatchObject({
    specversion: '1.0',
    id: '01KAPASS.sink-12345678',
    type: 'dev.holdfast.drift.opened',
    data: { counts: { opened: 2, resolved: 1 }, opened: [{ name: 'a' }, { class: 'failed' }] },
  });
});

test('lists a thousand alerts, and counts all', async () => {
  const opened = Array.from({ length: 1500 }, (_, i) => alertOf(`m${i}`));
  const { requests } = await deliver(webhook, { ...message, opened });
  const { data } = JSON.parse(requests[0]?.body ?? '');
  expect([data.opened.length, data.counts.opened]).toEqual([1000, 1500]);
});
