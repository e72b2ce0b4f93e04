import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/server/app.ts';
import type { Commands } from '../../src/server/commands.ts';
import { listen } from '../../src/server/listen.ts';
import { quiet } from '../support/servedMetrics.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { longestHook } from '../../src/server/access/refuse.ts';
import { createRequestLog } from '../../src/server/requestLog.ts';
import type { Shown } from '../../src/server/views.ts';
import { virtualClock } from '../support/virtualClock.ts';

const secret = 'hook-canary-secret-51199';
const push = JSON.stringify({ ref: 'refs/heads/main', after: 'a'.repeat(40), text: 'ä\n' });

const hmac = (body: string, key = secret): string =>
  createHmac('sha256', key).update(body).digest('hex');

/** A correctly signed push, as each forge sends it. */
const pushes = {
  github: (body = push, key = secret) => ({
    'x-github-event': 'push',
    'x-hub-signature-256': `sha256=${hmac(body, key)}`,
  }),
  gitlab: (_body = push, key = secret) => ({
    'x-gitlab-event': 'Push Hook',
    'x-gitlab-token': key,
  }),
  gitea: (body = push, key = secret) => ({
    'x-gitea-event': 'push',
    'x-gitea-signature': hmac(body, key),
  }),
} as const;
const names = ['github', 'gitlab', 'gitea'] as const;
const delivery = {
  github: 'x-github-delivery',
  gitlab: 'x-gitlab-event-uuid',
  gitea: 'x-gitea-delivery',
} as const;

type Headers = Readonly<Record<string, string>>;

/** A server with webhooks. `read`: how it reads the secret; null: the server has no webhooks. */
async function serving(read: (() => Promise<string | undefined>) | null = async () => secret) {
  const clock = virtualClock();
  const metrics = createMetrics();
  const lines: string[] = [];
  const add = (fields: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = createRequestLog({ info: add, warn: add }, clock);
  let calls = 0;
  const hooks = { secret: read ?? (async () => undefined), onHook: () => void (calls += 1), clock };
  const app = createApp({
    shown: {} as Shown,
    commands: {} as Commands,
    tokens: { all: [], toRead: true },
    log,
    ...(read === null ? {} : { hooks: { ...hooks, onEnded: metrics.hookEnded } }),
  });
  const server = await listen(app, {
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'https://holdfast.example.com',
    log,
  });
  const post = async (forge: string, headers: Headers, body = push, method = 'POST') => {
    const sent = request(`${server.url}/hooks/${forge}`, { method, headers, agent: false });
    sent.on('error', () => undefined).end(body);
    const [response] = await once(sent, 'response');
    await text(response).catch(() => undefined);
    return response.statusCode as number;
  };
  return {
    clock,
    lines,
    post,
    calls: () => calls,
    async counts() {
      const { text: shown } = await metrics.text(quiet);
      return shown.split('\n').filter((line) => line.startsWith('holdfast_hooks_total'));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

describe.each(names)('a webhook of %s', (name) => {
  const signed = pushes[name];

  test('that announces a push gets 202, without a token, and has its effect', async () => {
    await using it = await serving();
    expect(await it.post(name, signed())).toBe(202);
    expect(it.calls()).toBe(1);
    expect(await it.counts()).toEqual([
      `holdfast_hooks_total{forge="${name}",result="accepted"} 1`,
    ]);
    expect(it.lines.join('\n')).toMatch(/^a webhook announced a push/);
  });

  test.each([
    ['no signature', (): Headers => ({ 'x-github-event': 'push' })],
    ['the signature of another secret', (): Headers => signed(push, 'wrong')],
    ['a signature with an empty secret', (): Headers => signed(push, '')],
    ['an empty signature', (): Headers => signatures(signed(), '')],
    ['a shorter signature', (): Headers => signatures(signed(), 'sha256=ab')],
    ['a signature in another encoding', (): Headers => signatures(signed(), 'sha256=é')],
    [
      'the secret as a signature, or the other way round',
      (): Headers => ({
        ...signatures(signed(), name === 'gitlab' ? hmac(push) : secret),
      }),
    ],
    ['a token', (): Headers => ({ authorization: 'Bearer a-token-of-many-characters' })],
  ])('with %s gets 401, and has no effect', async (_, headers) => {
    await using it = await serving();
    expect(await it.post(name, headers())).toBe(401);
    expect(it.calls()).toBe(0);
    expect(it.lines.join()).toMatch(/^webhook refused: /);
    expect(it.lines.join()).not.toContain(secret);
  });

  test.each([
    ['webhooks are not set up', null],
    ['no secret is set', async () => undefined],
    ['the secret is empty, so that anybody could sign', async () => ''],
  ])('gets 404 if %s', async (_, read) => {
    await using it = await serving(read);
    expect(await it.post(name, signed(push, ''))).toBe(404);
    expect(await it.post(name, signed())).toBe(404);
    expect(it.calls()).toBe(0);
  });

  test('gets 503 if the secret cannot be read', async () => {
    await using it = await serving(() => Promise.reject(new Error('no such file')));
    expect(await it.post(name, signed())).toBe(503);
    expect(it.lines.join()).toMatch(/settings.git.webhookSecret cannot be read/);
  });

  test('is checked with the secret of the moment', async () => {
    let current = secret;
    await using it = await serving(async () => current);
    expect(await it.post(name, signed())).toBe(202);
    current = 'the next secret';
    expect(await it.post(name, signed())).toBe(401);
    expect(await it.post(name, signed(push, current))).toBe(202);
  });

  test('that is delivered again within ten minutes gets 202, and has no further effect', async () => {
    await using it = await serving();
    const again = { ...signed(), [delivery[name]]: 'id-1' };
    expect([await it.post(name, again), await it.post(name, again)]).toEqual([202, 202]);
    expect(it.calls()).toBe(1);
    expect(await it.post(name, { ...again, [delivery[name]]: 'id-2' })).toBe(202);
    expect(it.calls()).toBe(2);
    it.clock.advance(10 * 60_000);
    await it.post(name, again);
    expect(it.calls()).toBe(3);
  });

  test('with a wrong signature does not use up the id of a delivery', async () => {
    await using it = await serving();
    await it.post(name, { ...signed(push, 'wrong'), [delivery[name]]: 'id-1' });
    await it.post(name, { ...signed(), [delivery[name]]: 'id-1' });
    expect(it.calls()).toBe(1);
  });

  test('without the id of a delivery is acted upon each time', async () => {
    await using it = await serving();
    for (let count = 0; count < 3; count += 1) await it.post(name, signed());
    expect(it.calls()).toBe(3);
  });

  test.each(['ping', 'issues', ''])(
    'for the event "%s" gets 202, without effect',
    async (event) => {
      await using it = await serving();
      expect(await it.post(name, { ...signed(), [`x-${name}-event`]: event })).toBe(202);
      expect(it.calls()).toBe(0);
    },
  );

  test('with another method gets 405', async () => {
    await using it = await serving();
    expect(await it.post(name, signed(''), '', 'GET')).toBe(405);
  });

  test.each([
    ['evil.example', 421],
    ['holdfast.example.com', 202],
  ])('for the host %s gets %i', async (host, code) => {
    await using it = await serving();
    expect(await it.post(name, { ...signed(), host })).toBe(code);
  });

  test.each([{ 'transfer-encoding': 'chunked' }, {}])('may have a megabyte: %j', async (sent) => {
    await using it = await serving();
    const fits = 'x'.repeat(longestHook);
    expect(await it.post(name, { ...signed(fits), ...sent }, fits)).toBe(202);
    const tooLong = `${fits}x`;
    expect(await it.post(name, { ...signed(tooLong), ...sent }, tooLong)).toBe(413);
    expect(it.calls()).toBe(1);
  });
});

/** The headers with another value for those that sign. */
const signatures = (headers: Headers, value: string): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, old]) => [
      name,
      /signature|token/.test(name) ? value : old,
    ]),
  );

test.each([
  ['github', { 'x-github-event': 'push', 'x-hub-signature-256': hmac(push) }, 401],
  ['gitea', { 'x-gitea-event': 'push', 'x-hub-signature-256': `sha256=${hmac(push)}` }, 202],
  ['gitea', { 'x-forgejo-event': 'push', 'x-forgejo-signature': hmac(push) }, 202],
  ['gitea', { 'x-gitea-event': 'push', 'x-gitea-signature': `sha256=${hmac(push)}` }, 401],
  ['github', { 'x-github-event': 'push', 'x-gitlab-token': secret }, 401],
  ['gitlab', { 'x-gitlab-event': 'Tag Push Hook', 'x-gitlab-token': secret }, 202],
] as const)('%s with %j gets %i', async (forge, headers, code) => {
  await using it = await serving();
  expect(await it.post(forge, headers)).toBe(code);
});

test('a changed body is refused', async () => {
  await using it = await serving();
  expect(await it.post('github', pushes.github(), `${push} `)).toBe(401);
});

test('the deliveries of two forges are apart', async () => {
  await using it = await serving();
  await it.post('github', { ...pushes.github(), 'x-github-delivery': 'one' });
  await it.post('gitea', { ...pushes.gitea(), 'x-gitea-delivery': 'one' });
  expect(it.calls()).toBe(2);
});

test('a thousand deliveries are remembered, and the oldest is forgotten first', async () => {
  await using it = await serving();
  const send = (id: number) =>
    it.post('gitlab', { ...pushes.gitlab(), 'x-gitlab-event-uuid': `${id}` }, '');
  for (let id = 0; id <= 1000; id += 1) await send(id);
  await send(1000);
  expect(it.calls()).toBe(1001);
  await send(0);
  expect(it.calls()).toBe(1002);
});

test('other paths below /hooks do not exist', async () => {
  await using it = await serving();
  expect(await it.post('bitbucket', pushes.github())).toBe(404);
});
