import { expect, test } from 'vitest';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { alertOf, deliver, env, key, message } from './deliver.ts';

const alertmanager = (url: string): SinkTarget => ({
  sink: 'alertmanager',
  target: { url: { from: 'value', value: `${url}/` }, auth: env('KEY') },
});

const generatorURL = 'https://holdfast.example.com/';

test('posts open alerts with an end in the future, and resolved ones with their end', async () => {
  const since = '2026-11-21T09:00:00.000Z';
  const opened = [
    alertOf('a', { class: 'failed', since, reason: 'no\nroom', labels: { owner: 'ml' } }),
    alertOf('', { class: 'config', kind: null, name: null }),
  ];
  const sent = { ...message, opened, resolved: [alertOf('z', { since })] };
  const { delivery, requests, bodies } = await deliver(alertmanager, sent);
  expect(delivery).toEqual({ result: 'delivered' });
  expect(requests).toMatchObject([
    { url: '/hook-canary/api/v2/alerts', headers: { authorization: `Bearer ${key}` } },
  ]);
  expect(bodies).toEqual([
    [
      {
        labels: {
          alertname: 'HoldfastFailed',
          workspace: 'default',
          kind: 'machines',
          name: 'a',
        },
        annotations: {
          summary: 'failed machines/a',
          labels: 'owner=ml',
          reason: String.raw`no\u000aroom`,
        },
        startsAt: since,
        endsAt: '2026-11-21T14:00:05.000Z',
        generatorURL,
      },
      {
        labels: { alertname: 'HoldfastConfig', workspace: 'default' },
        annotations: { summary: 'config' },
        startsAt: message.at,
        endsAt: '2026-11-21T14:00:05.000Z',
        generatorURL,
      },
      {
        labels: { alertname: 'HoldfastDrift', workspace: 'default', kind: 'machines', name: 'z' },
        annotations: { summary: 'drift machines/z' },
        startsAt: since,
        endsAt: message.at,
        generatorURL,
      },
    ],
  ]);
});

test('a test opens an alert that soon ends', async () => {
  const { bodies } = await deliver(alertmanager, {
    ...message,
    event: 'test',
    opened: [],
    resolved: [],
  });
  expect(bodies).toEqual([
    [
      {
        labels: { alertname: 'HoldfastTest', workspace: 'default' },
        annotations: { summary: 'a test message' },
        startsAt: message.at,
        endsAt: '2026-11-21T10:01:05.000Z',
        generatorURL,
      },
    ],
  ]);
});

test('sends no authorization without a token, and shows none that is no header', async () => {
  const without = await deliver((url) => ({
    sink: 'alertmanager',
    target: { url: { from: 'value', value: url }, auth: null },
  }));
  expect(without.requests[0]?.headers).not.toHaveProperty('authorization');
  const broken = await deliver((url) => ({
    sink: 'alertmanager',
    target: {
      url: { from: 'value', value: url },
      auth: env('BROKEN'),
    },
  }));
  expect(broken.delivery).toMatchObject({ result: 'retry' });
  expect(JSON.stringify(broken.delivery)).not.toContain('canary');
});

test('budgets are told apart by their names', async () => {
  const opened = ['ml', 'web'].map((name) => alertOf(name, { class: 'budget', kind: null }));
  const { bodies } = await deliver(alertmanager, { ...message, opened, resolved: [] });
  const alert = (name: string) => ({
    labels: { alertname: 'HoldfastBudget', workspace: 'default', name },
    annotations: { summary: `budget ${name}` },
  });
  expect(bodies).toMatchObject([[alert('ml'), alert('web')]]);
});
