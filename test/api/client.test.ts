import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createApi, type Client } from '../../src/api/client.ts';
import { apiError, connect, testKey } from '../support/apiClient.ts';
import { serve } from '../support/server.ts';
import { virtualClock } from '../support/virtualClock.ts';

describe('requests', () => {
  /** Call, method and path, body, content type, because. */
  const rows: readonly (readonly [
    (api: Client) => Promise<unknown>,
    string,
    string,
    string | undefined,
    string,
  ])[] = [
    [(api) => api.get('/machines/a'), 'GET /v1/machines/a', '', undefined, 'a read has no body'],
    [
      (api) => api.get('/machine-availability', { region: 'ny2', all: true, none: undefined }),
      'GET /v1/machine-availability?region=ny2&all=true',
      '',
      undefined,
      'undefined query parameters are not sent',
    ],
    [
      (api) =>
        api.post('/machines', { name: 'a', networkId: undefined, tags: [], f: false, n: null }),
      'POST /v1/machines',
      '{"name":"a","tags":[],"f":false,"n":null}',
      'application/json',
      'exactly the defined keys are sent',
    ],
    [
      (api) => api.post('/projects/p/models/m'),
      'POST /v1/projects/p/models/m',
      '',
      undefined,
      'the API refuses an empty body with a JSON content type',
    ],
    [
      (api) => api.put('/machines/a', { name: 'b' }),
      'PUT /v1/machines/a',
      '{"name":"b"}',
      'application/json',
      'updates are partial',
    ],
    [
      (api) => api.patch('/machines/a/start', { force: undefined }),
      'PATCH /v1/machines/a/start',
      '{}',
      'application/json',
      'the body is at least {}',
    ],
    [(api) => api.remove('/machines/a'), 'DELETE /v1/machines/a', '', undefined, 'no body'],
    [
      (api) => api.remove('/projects/p/tags', { name: 'a b' }),
      'DELETE /v1/projects/p/tags?name=a+b',
      '',
      undefined,
      'the query names the tag',
    ],
  ];
  test.each(rows)('%s → %s %s (%s), because %s', async (call, line, body, contentType) => {
    await using server = await serve(() => ({ json: { id: 'a' } }));
    await using api = connect(`${server.url}/v1/`);
    expect(await call(api)).toEqual({ id: 'a' });
    expect(server.seen).toHaveLength(1);
    const [{ method, url, headers, body: sent } = { headers: {} as Record<string, string> }] =
      server.seen;
    expect(`${method} ${url}`).toBe(line);
    expect(sent).toBe(body);
    expect(headers['content-type']).toBe(contentType);
    expect(headers).toMatchObject({
      authorization: `Bearer ${testKey}`,
      accept: 'application/json',
      'user-agent': 'holdfast',
    });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  test('the user agent is configurable', async () => {
    await using server = await serve(() => ({ json: {} }));
    await using api = connect(server.url, { userAgent: 'holdfast/1.2.3' });
    await api.get('/x');
    expect(server.seen[0]?.headers['user-agent']).toBe('holdfast/1.2.3');
  });

  test('connections are kept alive', async () => {
    const ports = new Set<unknown>();
    await using server = await serve(() => (response) => {
      ports.add(response.socket?.remotePort);
      response.end('{}');
    });
    await using api = connect(server.url);
    for (let i = 0; i < 5; i += 1) await api.get('/x');
    expect(ports.size).toBe(1);
  });

  test('no more requests run at once than the concurrency allows', async () => {
    let most = 0;
    const open: (() => void)[] = [];
    await using server = await serve(() => (response) => {
      most = Math.max(
        most,
        open.push(() => response.end('{}')),
      );
      if (open.length === 3) for (const end of open.splice(0)) setImmediate(end);
    });
    const throttle = { requestsPerSecond: 10_000, burst: 10_000, concurrency: 3 };
    await using api = connect(server.url, { throttle });
    await Promise.all(Array.from({ length: 30 }, () => api.get('/x')));
    expect(most).toBe(3);
    expect(api.usage()).toMatchObject({ requests: 30, retries: 0, rateLimited: 0 });
  });
});

describe('answers', () => {
  test('null to a read is null (FACTS 1.3)', async () => {
    await using server = await serve(() => ({ json: null }));
    await using api = connect(server.url);
    expect(await api.get('/private-networks/x')).toBeNull();
  });

  test('the Date header shows how far this clock is off', async () => {
    const headers = { date: 'Sun, 01 Mar 2026 12:00:00 GMT' };
    await using server = await serve(() => ({ status: 404, headers, json: {} }));
    const clock = virtualClock({ start: Date.UTC(2026, 2, 1, 12, 1, 30) });
    await using api = connect(server.url, { clock });
    expect(api.clockSkew()).toBeUndefined();
    await apiError(api.get('/x'));
    expect(api.clockSkew()).toBe(90_000);
  });

  test('gzip is decompressed', async () => {
    await using server = await serve(() => (response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('{"id":"a"}'));
    });
    await using api = connect(server.url);
    expect(await api.get('/x')).toEqual({ id: 'a' });
  });

  test.each([
    ['404', { status: 404, json: { code: 'NOT_FOUND', message: 'Not found' } }, null],
    ['null', { json: null }, null],
    ['204', { status: 204, text: '' }, null],
    ['the event of the job', { json: { event: { id: 'e' } } }, { event: { id: 'e' } }],
  ])('%s is a successful answer to a removal', async (_name, reply, answer) => {
    await using server = await serve(() => reply);
    await using api = connect(server.url);
    expect(await api.remove('/machines/a')).toEqual(answer);
  });
});

test('an unsafe path is rejected before anything is sent', async () => {
  await using server = await serve(() => ({ json: {} }));
  await using api = connect(server.url);
  const id = '../teams/t1';
  const calls = [
    api.get(`/machines/${id}`),
    api.remove(`/machines/${id}`),
    api.put(`/machines/${id}`, {}),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ verdict: 'rejected' });
  await expect(Array.fromAsync(api.list(`/machines/${id}/accessors`))).rejects.toThrow(
    'not a plain path',
  );
  expect(server.seen).toEqual([]);
  expect(api.usage().requests).toBe(0);
});

test('no client is created from an invalid URL or key', () => {
  const options = {
    throttle: { requestsPerSecond: 1, burst: 1, concurrency: 1 },
    requests: { timeout: 1, retries: 0 },
  };
  expect(() => createApi({ ...options, url: 'nowhere', key: testKey })).toThrow(
    'PAPERSPACE_API_URL',
  );
  expect(() => createApi({ ...options, url: 'http://x', key: '' })).toThrow('PAPERSPACE_API_KEY');
});
