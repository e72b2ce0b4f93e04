import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Alert, Message } from '../../src/model/alert.ts';
import type { SinkTarget } from '../../src/model/settings.ts';
import { createDeliver } from '../../src/notify/openSink.ts';
import { createPost } from '../../src/notify/post.ts';
import { serve, type Reply } from '../support/server.ts';

const alert = (name: string, over: Partial<Alert> = {}): Alert => ({
  class: 'drift',
  kind: 'machines',
  name,
  since: '2026-11-21T10:00:00.000Z',
  reason: null,
  ...over,
});

const message: Message = {
  id: '01KAMESSAGE',
  workspace: 'default',
  pass: '01KAPASS',
  at: '2026-11-21T10:00:00.000Z',
  event: 'opened',
  opened: [alert('a'), alert('<!channel>', { class: 'failed', reason: 'no & <@U1>\n@everyone' })],
  resolved: [alert('z')],
};

const now = new Date('2026-11-21T10:00:05.000Z');

/** Delivers a message to a receiver on loopback whose URL is `URL/hook`, and returns the outcome and the request. */
async function deliver(
  target: (url: string) => SinkTarget,
  sent: Message = message,
  reply: Reply = {},
) {
  await using server = await serve(() => reply);
  const url = `${server.url}/hook`;
  const send = createDeliver({
    post: createPost({}, new AbortController().signal),
    read: async (source) =>
      source.from === 'value'
        ? source.value
        : source.from === 'env'
          ? source.name === 'KEY'
            ? 'whsec_a2V5'
            : url
          : '',
    dashboard: () => 'https://holdfast.example.com/',
    now: () => now,
  });
  const delivery = await send(sent, target(url));
  return { delivery, request: server.seen[0], requests: server.seen.length };
}

const slack = (): SinkTarget => ({ sink: 'slack', target: { from: 'env', name: 'URL' } });
const webhook = (url: string): SinkTarget => ({
  sink: 'webhook',
  target: { url: { from: 'value', value: url }, secret: { from: 'env', name: 'KEY' } },
});

describe('slack', () => {
  test('names the worst first, with foreign text that mentions nobody', async () => {
    const { delivery, request } = await deliver(slack);
    expect(delivery).toEqual({ result: 'delivered' });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      text: [
        '*Holdfast (default): 1 failed, 1 drifted; 1 resolved*',
        '• failed machines/&lt;!channel&gt; (since 2026-11-21T10:00:00.000Z): no &amp; &lt;@U1&gt;\\u000a@everyone',
        '• drift machines/a (since 2026-11-21T10:00:00.000Z)',
        '• Resolved:',
        '• was drift machines/z (since 2026-11-21T10:00:00.000Z)',
        '<https://holdfast.example.com/|Dashboard>',
      ].join('\n'),
    });
  });

  test('names five alerts and counts the others', async () => {
    const opened = Array.from({ length: 7 }, (_, i) => alert(`m${i}`));
    const { request } = await deliver(slack, { ...message, opened, resolved: [] });
    expect(JSON.parse(request?.body ?? '').text).toMatch(/7 drifted[^]*m4[^]*• and 2 others/);
    expect(request?.body).not.toContain('m5');
  });
});

describe('webhook', () => {
  test('is a CloudEvent that is signed as Standard Webhooks specifies', async () => {
    const { delivery, request } = await deliver(webhook);
    expect(delivery).toEqual({ result: 'delivered' });
    const { headers, body = '' } = request ?? {};
    const timestamp = String(now.getTime() / 1000);
    const signature = createHmac('sha256', 'key').update(`01KAMESSAGE.${timestamp}.${body}`);
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': '01KAMESSAGE',
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature.digest('base64')}`,
    });
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      id: '01KAMESSAGE',
      type: 'dev.holdfast.drift.opened',
      data: { counts: { opened: 2, resolved: 1 }, opened: [{ name: 'a' }, { class: 'failed' }] },
    });
  });

  test('lists a thousand alerts, and counts all', async () => {
    const opened = Array.from({ length: 1500 }, (_, i) => alert(`m${i}`));
    const { request } = await deliver(webhook, { ...message, opened });
    const { data } = JSON.parse(request?.body ?? '');
    expect([data.opened.length, data.counts.opened]).toEqual([1000, 1500]);
  });
});

describe('answers', () => {
  test.each<{ reply: Reply; expected: object; because: string }>([
    { reply: { status: 204 }, expected: { result: 'delivered' }, because: 'any 2xx is a success' },
    {
      reply: { status: 410 },
      expected: { result: 'gone', reason: 'it answered with status 410' },
      because: 'Standard Webhooks: nobody listens any more',
    },
    {
      reply: { status: 429, headers: { 'retry-after': '7' } },
      expected: { result: 'retry', reason: 'it answered with status 429', afterMs: 7000 },
      because: 'the receiver knows when it has time',
    },
    {
      reply: { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      expected: { result: 'retry', reason: 'it answered with status 302' },
      because: 'a redirect could carry the alerts to somebody else',
    },
    {
      reply: (response) => response.socket?.destroy(),
      expected: { result: 'retry', reason: 'the request failed (ECONNRESET)' },
      because: 'the message names no URL',
    },
    {
      reply: (response) => {
        response.writeHead(200);
        response.write('x'.repeat(100_000));
      },
      expected: { result: 'delivered' },
      because: 'the body is not waited for',
    },
  ])('$expected: $because', async ({ reply, expected }) => {
    const { delivery, requests } = await deliver(slack, message, reply);
    expect(delivery).toEqual(expected);
    expect(requests).toBe(1);
  });

  test('a text that is no URL is not sent to, and not shown', async () => {
    const { delivery, requests } = await deliver(() => ({
      sink: 'webhook',
      target: { url: { from: 'value', value: 'canary' }, secret: null },
    }));
    expect(requests).toBe(0);
    expect(delivery).toEqual({
      result: 'retry',
      reason: 'its URL is not a URL with https or http',
    });
  });
});
