import { describe, expect, test } from 'vitest';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { alertKeepers, type SinkName } from '../../../src/model/notify/sinks.ts';
import { deliver, env, key, largeMessage, message } from './deliver.ts';

/** Each sink over HTTP, and the largest body that its receiver accepts, in bytes. */
const cases: Readonly<
  Record<Exclude<SinkName, 'email'>, { target: (url: string) => SinkTarget; maxBytes: number }>
> = {
  slack: { target: () => ({ sink: 'slack', target: env('URL') }), maxBytes: 40_000 },
  teams: { target: () => ({ sink: 'teams', target: env('URL') }), maxBytes: 28_000 },
  discord: { target: () => ({ sink: 'discord', target: env('URL') }), maxBytes: 8000 },
  pagerduty: {
    target: (url) => ({ sink: 'pagerduty', target: { routingKey: env('KEY'), url } }),
    maxBytes: 512_000,
  },
  alertmanager: {
    target: () => ({ sink: 'alertmanager', target: { url: env('URL'), auth: env('KEY') } }),
    maxBytes: 1_000_000,
  },
  webhook: {
    target: () => ({ sink: 'webhook', target: { url: env('URL'), secret: env('KEY') } }),
    maxBytes: 20_000_000,
  },
};

/** What the text of each sink says of the workspace if there are several. */
const named = {
  slack: '*Holdfast (ml): ',
  teams: '"Holdfast (ml): ',
  discord: '**Holdfast (ml): ',
  pagerduty: '"summary":"Holdfast (ml): ',
  alertmanager: '"summary":"ml: ',
} as const;

test.each(Object.entries(named))(
  '%s names the workspace if there are several',
  async (sink, text) => {
    const { target } = cases[sink as keyof typeof named];
    const several = await deliver(target, { ...message, workspace: 'ml' });
    expect(several.requests[0]?.body).toContain(text);
    const one = await deliver(target);
    expect(one.requests[0]?.body).not.toContain(text.replace('ml', 'default'));
  },
);

describe.each(Object.entries(cases))('%s', (sink, { target, maxBytes }) => {
  test('sends the same body again if the answer is lost, and names neither URL nor secret', async () => {
    const { delivery, requests } = await deliver(target, message, () => (response) => {
      response.socket?.destroy();
    });
    expect(delivery).toEqual({ result: 'retry', reason: 'the request failed (ECONNRESET)' });
    const again = await deliver(target);
    expect(again.delivery).toEqual({ result: 'delivered' });
    expect(requests[0]?.body).toBe(again.requests[0]?.body);
    expect(JSON.stringify(delivery)).not.toMatch(new RegExp(`canary|${key}|127`));
  });

  test('waits as long as the receiver asks for', async () => {
    const { delivery, requests } = await deliver(target, message, () => ({
      status: 429,
      headers: { 'retry-after': '7' },
    }));
    expect(delivery).toMatchObject({ result: 'retry', afterMs: 7000 });
    expect(requests).toHaveLength(1);
  });

  test('keeps the limits of the receiver with thousands of alerts and long texts', async () => {
    const maxAlerts = alertKeepers[sink as SinkName];
    const { opened, resolved } = largeMessage;
    const { delivery, requests } = await deliver(target, {
      ...largeMessage,
      opened: opened.slice(0, maxAlerts),
      resolved: resolved.slice(0, maxAlerts),
    });
    expect(delivery).toEqual({ result: 'delivered' });
    for (const { body } of requests) expect(Buffer.byteLength(body)).toBeLessThan(maxBytes);
  });
});
