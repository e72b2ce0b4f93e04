import { expect, test } from 'vitest';
import { eventText } from '../../../src/console/log/eventText.ts';
import { reportWith } from '../../support/reports.ts';

const utc = (time: Date): string => time.toISOString().slice(11, 19);
const { summary } = reportWith();
const ended = {
  msg: 'pass ended',
  complete: true,
  summary: { ...summary, inSync: 3 },
  done: { create: 0 },
  failed: [],
  api: { requests: 34, retries: 0, rateLimited: 0 },
  milliseconds: 2100,
};

test.each<[fields: Readonly<Record<string, unknown>>, text: string | undefined, because: string]>([
  [
    {
      msg: 'started',
      url: 'http://127.0.0.1:8080',
      mode: 'enforce',
      config: './config',
      nextPass: '2026-11-21T16:35:00Z',
    },
    'started: http://127.0.0.1:8080 · enforce · config ./config · next pass 16:35:00',
    'where it listens, and what it does',
  ],
  [
    { msg: 'started', url: 'http://x', mode: 'observe', config: 'c', settings: '/ops.yaml' },
    'started: http://x · observe · config c · settings /ops.yaml',
    'without a schedule there is no next pass',
  ],
  [ended, 'pass ended: 3 in sync · 34 requests · 2.1 s', 'a pass that did nothing'],
  [
    {
      ...ended,
      summary: { ...summary, inSync: 3, failed: 1, actions: { ...summary.actions, create: 13 } },
      done: { create: 12, update: 1 },
      failed: ['machines/a'],
    },
    'pass ended: 1 failed (machines/a), 12 created, 1 updated, 3 in sync · 34 requests · 2.1 s',
    'failures come first, with their names',
  ],
  [
    { ...ended, failed: ['machines/a', 'machines/b', 'machines/c', 'machines/d'] },
    'pass ended: 4 failed (machines/a, machines/b, machines/c and 1 more), 3 in sync · 34 requests · 2.1 s',
    'the report names all of them',
  ],
  [
    { ...ended, complete: false, milliseconds: 350 },
    'pass ended: not everything could be listed, 3 in sync · 34 requests · 350 ms',
    'what was not listed may be missing',
  ],
  [
    { ...ended, configInForce: false, suspended: true },
    'pass ended: config not in force, everything is suspended, 3 in sync · 34 requests · 2.1 s',
    'what is declared is not what is in sync',
  ],
  [
    { ...ended, summary, api: { requests: 1, retries: 1, rateLimited: 2 }, milliseconds: 240_000 },
    'pass ended: no resources · 1 request · 1 retry · 2 refused by the rate limit · 4 min',
    'retries and the rate limit say why it took long',
  ],
  [
    { msg: 'a write was sent', target: 'machines/a:create', outcome: 'failed', detail: 'a 500' },
    'sent machines/a:create: failed: a 500',
    'a write with its outcome',
  ],
  [
    { msg: 'the API asks for a pause', milliseconds: 30_000 },
    'the API asks for a pause of 30 s; requests wait',
    'a limit of the API in words',
  ],
  [
    {
      msg: 'request ended',
      method: 'GET',
      path: '/machines',
      result: 'answer',
      tries: 2,
      milliseconds: 31,
    },
    'request ended: GET /machines ok · 31 ms · attempt 2',
    'a retry is an attempt with a number',
  ],
  [
    {
      msg: 'request ended',
      method: 'GET',
      path: '/machines',
      result: 'rejected',
      status: 429,
      tries: 1,
      milliseconds: 3,
    },
    'request ended: GET /machines 429 · 3 ms',
    'a refusal has a status',
  ],
  [
    { msg: 'commit in force', commit: '0123456789abcdef', author: 'Eve <eve@example.com>' },
    'commit in force: 0123456789ab by Eve <eve@example.com>',
    'a commit has a short id',
  ],
  [{ msg: 'toString' }, undefined, 'an event without a text of its own'],
])('%j: %s', (fields, text, because) => {
  expect(eventText(fields, utc), because).toBe(text);
});
