import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/api/client.ts';
import { apiError, connect, testKey } from '../support/apiClient.ts';
import { selfSigned } from '../support/certificate.ts';
import { serve, type Reply, type Seen } from '../support/server.ts';

/** The forms in which the key may occur. */
const forms = [
  testKey,
  encodeURIComponent(testKey),
  Buffer.from(testKey).toString('base64').replace(/=+$/, ''),
  Buffer.from(testKey).toString('base64url'),
  Buffer.from(testKey).toString('hex'),
  // Its end, base64-encoded after "Bearer ".
  Buffer.from(`Bearer ${testKey}`).toString('base64').slice(12),
];

/** Prints a value in all ways that may show its content. */
const printed = (value: unknown): string =>
  [
    inspect(value, { depth: null, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? value.stack : '',
  ].join('\n');

/** Returns the forms of the key that a printed value shows. */
const leaks = (value: unknown): readonly string[] => {
  const text = printed(value).toLowerCase();
  return forms.filter((form) => text.includes(form.toLowerCase()));
};

const calls: Readonly<Record<string, (api: Client) => Promise<unknown>>> = {
  get: (api) => api.get('/x'),
  list: (api) => Array.fromAsync(api.list('/x')),
  post: (api) => api.post('/x', { name: 'a', value: 'hf_secret_value' }),
  remove: (api) => api.remove('/x'),
};

/** Replies that repeat the request, as a debugging proxy does. */
const echoes: Readonly<Record<string, (seen: Seen) => Reply>> = {
  'JSON message': ({ headers, body }) => ({
    status: 400,
    json: { code: headers.authorization, message: `${headers.authorization} ${body}` },
  }),
  'JSON details': (seen) => ({ status: 422, json: { message: 'no', details: seen } }),
  'JSON issues': ({ headers, body }) => ({
    status: 422,
    json: { issues: [{ message: headers.authorization }, body] },
  }),
  'unknown JSON': (seen) => ({ status: 500, json: seen }),
  'web page': ({ headers, body }) => ({
    status: 502,
    text: `<h1>${headers.authorization}</h1>${body}`,
  }),
  'web page, encoded': ({ headers: { authorization = '' } }) => ({
    status: 502,
    text: `${encodeURIComponent(authorization)} ${Buffer.from(authorization).toString('base64')} ${Buffer.from(authorization).toString('hex')}`,
  }),
  'web page with status 200': ({ headers }) => ({ text: `<h1>${headers.authorization}</h1>` }),
  'status line':
    ({ headers }) =>
    (response) => {
      response.writeHead(418, headers.authorization).end();
    },
  redirect: ({ headers }) => ({
    status: 302,
    headers: { location: `/?k=${headers.authorization}` },
    text: '',
  }),
  header: ({ headers }) => ({
    status: 429,
    headers: { 'x-echo': headers.authorization ?? '' },
    json: {},
  }),
  reset: () => (response) => void response.destroy(),
  nonsense:
    ({ headers }) =>
    (response) =>
      void response.socket?.end(`HTTP/9 ${headers.authorization}\r\n\r\n`),
};

describe('neither errors nor logs show the key if the answer is a', () => {
  const rows = Object.entries(echoes).flatMap(([name, echo]) =>
    Object.entries(calls).map(([method, call]) => ({ name, method, echo, call })),
  );
  test.each(rows)('$name, to $method', async ({ echo, call }) => {
    const lines: unknown[] = [];
    const note = (...line: readonly unknown[]): void => void lines.push(line);
    await using server = await serve(echo);
    await using api = connect(server.url, { log: { debug: note, warn: note } });
    const answer = await call(api).catch((error: unknown) => error);
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${testKey}`);
    expect(lines).not.toHaveLength(0);
    expect(leaks(lines)).toEqual([]);
    expect(answer).toBeInstanceOf(Error);
    expect(leaks(answer)).toEqual([]);
    expect(printed(answer)).not.toContain('hf_secret_value');
  });
});

describe('neither errors nor logs show the key if', () => {
  test.each(['http://127.0.0.1:1', 'http://nowhere.invalid'])('%s is unreachable', async (url) => {
    await using api = connect(url, { allowHttp: true });
    expect(leaks(await apiError(api.post('/x', {})))).toEqual([]);
  });

  test('the certificate is invalid', async () => {
    await using server = await serve(() => ({ json: {} }), selfSigned);
    await using api = connect(server.url);
    expect(leaks(await apiError(api.get('/x')))).toEqual([]);
  });

  test('the request times out', async () => {
    await using server = await serve(() => () => undefined);
    await using api = connect(server.url, { requests: { timeout: 50, retries: 0 } });
    expect(leaks(await apiError(api.get('/x')))).toEqual([]);
  });

  test('it is the cursor of an endless walk', async () => {
    await using server = await serve(({ headers }) => ({
      json: { items: [{ id: 1 }], hasMore: true, nextPage: headers.authorization },
    }));
    await using api = connect(server.url);
    expect(leaks(await apiError(Array.fromAsync(api.list('/x'))))).toEqual([]);
  });

  test('the client is closing', async () => {
    await using server = await serve(() => () => undefined);
    await using api = connect(server.url);
    const call = apiError(api.get('/x'));
    await server.arrived(1);
    await api.drain();
    expect(leaks(await call)).toEqual([]);
  });

  test('the client is printed', () => expect(leaks(connect('http://127.0.0.1:1'))).toEqual([]));
});
