import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { permissions } from '../../src/model/settings.ts';
import { StoreError } from '../../src/model/store.ts';
import {
  createRootApp,
  type ListedWorkspace,
  type RootParts,
} from '../../src/server/workspaces/rootApp.ts';
import { silentRequestLog } from '../../src/server/requestLog.ts';

const page =
  '<a class="brand" href="/">H</a> <a href="/waste">&quot; href=&quot;/x</a> <link href="/assets/a">';

/** The app of a workspace, which answers with the path and the body that it gets. */
function ownApp(): Hono {
  const app = new Hono();
  app.get('/page', (context) => context.html(page));
  app.get('/api/v1/broken', () => {
    throw new StoreError('the disk is full');
  });
  app.all('*', async (context) =>
    context.json({
      path: context.req.path,
      query: context.req.query(),
      body: await context.req.text(),
    }),
  );
  return app;
}

const listed: ListedWorkspace = {
  name: 'ml',
  lastPass: null,
  summary: null,
  parked: false,
  error: null,
};

/** Asks the app of a daemon with these workspaces. */
async function ask(names: readonly string[], path: string, init: RequestInit = {}, token?: string) {
  const parts: RootParts = {
    names: () => names,
    appOf: async (name) => (names.includes(name) ? ownApp() : undefined),
    elsewhere: async () => undefined,
    list: async () => [listed],
    whyNotReady: async () => 'no pass has ended yet',
    metrics: async () => ({ type: 'text/plain', text: 'holdfast_config_valid 1\n' }),
  };
  const all = token === undefined ? [] : [{ name: 't', value: token, may: permissions }];
  const tokens = { all, toRead: token !== undefined };
  const app = createRootApp(parts, { tokens, log: silentRequestLog, render: () => '<h1>all</h1>' });
  const response = await app.request(path, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const both = ['ml', 'research'];

describe('a path', () => {
  test.each([
    ['/api/v1/workspaces/ml/status?x=1', '/api/v1/status'],
    ['/workspaces/ml/api/v1/status?x=1', '/api/v1/status'],
    ['/workspaces/ml/resources/machines/a%2Fb?x=1', '/resources/machines/a%2Fb'],
    ['/workspaces/ml?x=1', '/'],
    ['/api/v1/workspaces/ml/..%2Fresearch?x=1', '/api/v1/..%2Fresearch'],
  ])('%s is %s of the workspace', async (path, own) => {
    const { text } = await ask(both, path, { method: 'POST', body: 'text' });
    expect(JSON.parse(text)).toEqual({ path: own, query: { x: '1' }, body: 'text' });
  });

  test('without a workspace means the only one', async () => {
    expect((await ask(['ml'], '/api/v1/status')).text).toContain('"path":"/api/v1/status"');
    expect((await ask(['ml'], '/api/v1/workspaces/ml/status')).status).toBe(200);
    expect(await ask(both, '/api/v1/status')).toMatchObject({
      status: 400,
      text: expect.stringContaining('"workspaces":["ml","research"]'),
    });
    expect((await ask(both, '/assets/style.css')).text).toContain('/assets/style.css');
    expect((await ask(both, '/')).text).toBe('<h1>all</h1>');
    expect((await ask([], '/api/v1/status')).status).toBe(400);
  });

  test('of an unknown workspace is 404', async () => {
    expect(await ask(both, '/api/v1/workspaces/none/status')).toMatchObject({
      status: 404,
      text: '{"error":"there is no workspace none"}',
    });
  });
});

test('the links of a page begin at its workspace, and its text is kept', async () => {
  expect((await ask(both, '/workspaces/ml/page')).text).toBe(
    page.replace('href="/waste"', 'href="/workspaces/ml/waste"'),
  );
});

test('names need a token where reading needs one; health and metrics do not', async () => {
  for (const path of ['/api/v1/workspaces', '/api/v1/status', '/', '/workspaces/none/x']) {
    const refused = await ask(both, path, {}, 'secret');
    expect(refused.status, path).toBe(401);
    expect(refused.text).not.toContain('research');
  }
  const headers = { authorization: 'Bearer secret' };
  expect((await ask(both, '/api/v1/workspaces', { headers }, 'secret')).text).toContain('"ml"');
  expect((await ask(both, '/healthz', {}, 'secret')).status).toBe(200);
  expect(await ask(both, '/readyz', {}, 'secret')).toMatchObject({ status: 503 });
  expect((await ask(both, '/metrics', {}, 'secret')).text).toContain('holdfast_config_valid');
});

test('every response has the headers that protect it', async () => {
  for (const path of ['/api/v1/workspaces', '/', '/api/v1/x', '/healthz', '/workspaces/none/x']) {
    const { headers } = await ask(both, path);
    expect(headers.get('cache-control'), path).toBe('no-store');
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
  }
});
