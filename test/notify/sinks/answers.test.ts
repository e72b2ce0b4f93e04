import { expect, test } from 'vitest';
import type { SinkTarget } from '../../../src/model/settings.ts';
import type { Reply } from '../../support/server.ts';
import { deliver, env, message } from './deliver.ts';

const slack = (): SinkTarget => ({ sink: 'slack', target: env('URL') });

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
  const { delivery, requests } = await deliver(slack, message, () => reply);
  expect(delivery).toEqual(expected);
  expect(requests).toHaveLength(1);
});

test('a text that is no URL is not sent to, and not shown', async () => {
  const { delivery, requests } = await deliver(() => ({
    sink: 'webhook',
    target: { url: { from: 'value', value: 'canary' }, secret: null },
  }));
  expect(requests).toEqual([]);
  expect(delivery).toEqual({ result: 'retry', reason: 'its URL is not a URL with https or http' });
});
