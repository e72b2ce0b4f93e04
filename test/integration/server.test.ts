import { describe, expect, test } from 'vitest';
import { createApp, type Shown, type Status } from '../../src/server/app.ts';
import { isLoopback, listen } from '../../src/server/listen.ts';
import { reportWith } from '../support/reports.ts';

const status: Status = {
  schema: 'holdfast/status/v1',
  workspace: 'default',
  mode: 'enforce',
  revision: 'r',
  configError: null,
  lastPass: null,
  nextPass: null,
  writer: true,
};
const reports = ['01C', '01B', '01A'].map((pass) => reportWith({ pass }));
const shown: Shown = {
  status: () => status,
  passes: async (limit, before) =>
    reports.filter(({ pass }) => before === undefined || pass < before).slice(0, limit),
  report: async (id) => reports.find(({ pass }) => pass === id),
  isReady: async () => true,
};

/** Serves and asks over HTTP. */
async function ask(path: string, over: Partial<Shown> = {}, token?: string, header?: string) {
  await using server = await listen(createApp({ ...shown, ...over }, token), '127.0.0.1', 0);
  const response = await fetch(
    server.url + path,
    header === undefined ? {} : { headers: { authorization: header } },
  );
  return { code: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('what is served', () => {
  test('health', async () => {
    expect((await ask('/healthz')).code).toBe(200);
    expect((await ask('/readyz')).code).toBe(200);
    expect((await ask('/readyz', { isReady: async () => false })).code).toBe(503);
  });

  test('status', async () => {
    expect(await ask('/api/v1/status')).toEqual({ code: 200, body: status });
  });

  test('passes, newest first, page by page', async () => {
    const first = await ask('/api/v1/passes?limit=2');
    expect(first.body).toMatchObject({
      items: [{ pass: '01C' }, { pass: '01B' }],
      nextPage: '01B',
    });
    const second = await ask('/api/v1/passes?limit=2&page=01B');
    expect(second.body).toMatchObject({ items: [{ pass: '01A' }], nextPage: null });
  });

  test.each(['0', '201', 'x', '1.5'])('a limit of %s is refused', async (limit) => {
    expect((await ask(`/api/v1/passes?limit=${limit}`)).code).toBe(400);
  });

  test('a pass’s report, or 404', async () => {
    expect((await ask('/api/v1/passes/01B')).body).toEqual(reports[1]);
    expect((await ask('/api/v1/passes/01X')).code).toBe(404);
    expect((await ask('/nothing')).code).toBe(404);
  });
});

describe('with a token', () => {
  test.each([
    ['/healthz', undefined, 200, 'health goes without'],
    ['/readyz', undefined, 200, 'health goes without'],
    ['/api/v1/status', undefined, 401, 'the rest does not'],
    ['/api/v1/status', 'Bearer wrong', 401, 'another token is none'],
    ['/api/v1/status', 'Bearer right', 200, 'the token opens it'],
  ])('%s with %s is %i: %s', async (path, header, code, _because) => {
    expect((await ask(path, {}, 'right', header)).code).toBe(code);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
