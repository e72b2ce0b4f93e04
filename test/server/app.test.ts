import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/model/store.ts';
import { createApp, type AppParts } from '../../src/server/app.ts';
import type { Graph } from '../../src/model/pass/graph.ts';
import { withPass } from '../../src/model/pass/trend.ts';
import type { Commands, CommandTarget } from '../../src/server/commands.ts';
import { listen } from '../../src/server/listen.ts';
import type { Pages } from '../../src/server/pages.ts';
import type { Tokens } from '../../src/server/access/tokens.ts';
import { permissions, type Permission } from '../../src/model/settings.ts';
import type { Shown, ShownResource, Status } from '../../src/server/views.ts';
import { reportWith, resource as reportedResource } from '../support/reports.ts';
import { shownWith } from '../support/shown.ts';

const status: Status = {
  schema: 'holdfast/status/v1',
  workspace: 'default',
  mode: 'enforce',
  revision: 'r',
  configError: null,
  lastPass: null,
  nextPass: null,
  currentPass: null,
  git: null,
  notifications: [],
  suspended: null,
  writer: true,
};
const reports = ['01C', '01B', '01A'].map((pass) => reportWith({ pass }));
const reported = [{ ...reportedResource, status: 'inSync' }] as const;
const trends = [withPass(undefined, { ...reportWith(), open: 2 }, [])];
const graph: Graph = {
  nodes: (['projects/p', 'teams/t'] as const).map((address) => ({ address, declared: true })),
  edges: [],
};
const shown = shownWith({
  status: async () => status,
  graph: () => graph,
  resources: ({ limit }) => ({ items: reported.slice(0, limit), total: 1, nextPage: null }),
  passes: async (limit, before) =>
    reports.filter(({ pass }) => before === undefined || pass < before).slice(0, limit),
  trends: async () => trends,
  report: async (id) => reports.find(({ pass }) => pass === id),
  resource: async (kind, name) => (kind === 'machines' && name === 'a/b' ? resource : undefined),
});
const resource: ShownResource = {
  schema: 'holdfast/resource/v1',
  kind: 'machines',
  name: 'a/b',
  id: 'ps1',
  status: 'inSync',
  changes: [],
  unverifiable: [],
  reason: null,
  since: '2026-11-21T10:00:00Z',
  source: null,
  suspended: null,
  suspension: null,
  wake: null,
  expiry: null,
  at: '2026-11-21T10:00:00Z',
  declared: null,
  absent: null,
  live: null,
  actions: [],
  setbacks: [],
  refersTo: [],
  referredToBy: [],
  readings: {},
  history: [],
};

/** A page, and a file that it loads. */
const dashboard: Pages = {
  pages: [
    { path: '/', render: async () => '<!doctype html><title>Holdfast</title>' },
    { path: '/things/:thing', render: ({ parameters }) => thingPage(parameters['thing']) },
  ],
  assets: [{ path: '/assets/style.css', type: 'text/css', content: 'a {}' }],
  failure: (title, message) => `<!doctype html><h1>${title}</h1>${message}`,
};

async function thingPage(thing: string | undefined): Promise<string | undefined> {
  if (thing === 'locked') throw new StoreError('the store is locked');
  if (thing === 'broken') throw new TypeError('secret');
  return thing === 'a/b' ? 'a/b' : undefined;
}

/** Makes an app whose parts are those of this file, unless others are given. */
const appOf = (parts: Partial<AppParts>) =>
  createApp({ shown, commands: noCommands, tokens: tokensOf('right'), dashboard, ...parts });
const noCommands: Commands = {
  reconcile: async () => '2026-11-21T10:00:00.000Z',
  approve: async () => 'unknown pass',
  suspend: async () => 'unknown resource',
  resume: async () => 'unknown resource',
  wake: async () => ({ status: 404, error: 'not declared' }),
};

/** One token that may do everything, or none. */
const tokensOf = (value: string | undefined, toRead = true): Tokens => ({
  all: value === undefined ? [] : [{ name: 'server.token', value, may: permissions }],
  toRead,
});

const nameOf = (target: CommandTarget): string =>
  target === '*' ? '*' : `${target.kind}/${target.name}`;

const here = { host: '127.0.0.1', port: 0, publicUrl: null };

/** Serves the app, and sends a request over HTTP. */
async function ask(path: string, over: Partial<Shown> = {}, token?: string, header?: string) {
  const app = appOf({ shown: { ...shown, ...over }, tokens: tokensOf(token, token !== undefined) });
  await using server = await listen(app, here);
  const response = await fetch(
    server.url + path,
    header === undefined ? {} : { headers: { authorization: header } },
  );
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    code: response.status,
    body: (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>,
  };
}

describe('GET requests', () => {
  test('health', async () => {
    expect((await ask('/healthz')).code).toBe(200);
    expect((await ask('/readyz')).code).toBe(200);
    expect(await ask('/readyz', { whyNotReady: async () => 'no pass' })).toEqual({
      code: 503,
      body: { status: 'no pass' },
    });
  });

  test('status', async () => {
    expect(await ask('/api/v1/status')).toEqual({ code: 200, body: status });
  });

  test('passes, newest first, in pages', async () => {
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

  test('trends', async () => {
    const body = { schema: 'holdfast/trends/v1', items: trends };
    expect(await ask('/api/v1/trends')).toEqual({ code: 200, body });
  });

  test('a pass’s report, or 404', async () => {
    expect((await ask('/api/v1/passes/01B')).body).toEqual(reports[1]);
    expect((await ask('/api/v1/passes/01X')).code).toBe(404);
    expect((await ask('/nothing')).code).toBe(404);
  });

  test('resources, by a query', async () => {
    expect((await ask('/api/v1/resources?status=inSync')).body).toEqual({
      items: reported,
      total: 1,
      nextPage: null,
    });
    expect((await ask('/api/v1/resources?status=well')).code).toBe(400);
  });

  test('the graph, the calendar, waste, and cost', async () => {
    expect((await ask('/api/v1/graph')).body).toEqual(graph);
    expect((await ask('/api/v1/graph?kind=&q=')).body).toEqual(graph);
    expect((await ask('/api/v1/graph?kind=projects')).body).toEqual({
      nodes: [{ address: 'projects/p', declared: true }],
      edges: [],
    });
    expect((await ask('/api/v1/graph?q=none')).body).toEqual({ nodes: [], edges: [] });
    expect((await ask('/api/v1/calendar')).body).toEqual({ items: [] });
    expect((await ask('/api/v1/waste')).body).toMatchObject({ items: [] });
    expect((await ask('/api/v1/cost?by=owner')).body).toMatchObject({ by: 'owner' });
    expect((await ask('/api/v1/cost')).body).toMatchObject({ by: 'kind' });
  });

  test('pages load files of this server only, and ask for a password if a token is needed', async () => {
    const app = appOf({});
    for (const path of ['/', '/things/a', '/assets/style.css']) {
      const refused = await app.request(path);
      expect(refused.headers.get('www-authenticate'), path).toMatch(/^Basic /);
    }
    const page = await app.request('/', { headers: { authorization: 'Bearer right' } });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; script-src 'self'; /,
    );
    expect(await page.text()).toContain('<title>Holdfast</title>');
  });

  test.each([
    ['a%2Fb', 200, 'a/b', 'the parameter is decoded'],
    ['other', 404, 'There is nothing at this address.', 'the page does not exist'],
    ['locked', 503, 'the store is locked', 'the store cannot be read'],
    ['broken', 500, 'See the log of Holdfast.', 'an unexpected error is not shown'],
  ])('/things/%s is %s, as a page', async (thing, code, text) => {
    const answer = await appOf({ tokens: tokensOf('right', false) }).request(`/things/${thing}`);
    expect(answer.status).toBe(code);
    expect(await answer.text()).toContain(text);
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  test('a Basic password does not allow changes', async () => {
    const app = appOf({ tokens: tokensOf('right') });
    const headers = { authorization: `Basic ${btoa('ada:right')}` };
    const asked = await app.request('/api/v1/reconcile', { method: 'POST', headers });
    expect(asked.status).toBe(401);
  });
});

describe('with a token', () => {
  test.each([
    ['/healthz', undefined, 200, 'health needs no token'],
    ['/readyz', undefined, 200, 'health needs no token'],
    ['/metrics', undefined, 200, 'metrics need no token'],
    ['/api/v1/status', undefined, 401, 'everything else needs one'],
    ['/api/v1/trends', undefined, 401, 'everything else needs one'],
    ['/api/v1/trends', 'Bearer right', 200, 'the token is accepted'],
    ['/api/v1/events', undefined, 401, 'everything else needs one'],
    ['/api/v1/events', 'Bearer right', 200, 'the token is accepted'],
    ['/', undefined, 401, 'the dashboard shows resources'],
    ['/', 'Bearer right', 200, 'the token is accepted'],
    ['/', `Basic ${btoa('ada:right')}`, 200, 'a browser sends it as a password'],
    ['/', `Basic ${btoa('ada:wrong')}`, 401, 'a wrong password'],
    ['/', `Basic ${btoa('right')}`, 401, 'a user without a password'],
    ['/', 'Basic %', 401, 'a malformed header'],
    [
      '/api/v1/status',
      `Basic ${btoa(':right')}`,
      200,
      'pages that the dashboard links to accept it too',
    ],
    ['/api/v1/status', 'Bearer wrong', 401, 'a wrong token'],
    ['/api/v1/status', 'Bearer right', 200, 'the token is accepted'],
  ])('%s with %s is %i: %s', async (path, header, code, _because) => {
    expect((await ask(path, {}, 'right', header)).code).toBe(code);
  });
});

describe('a resource', () => {
  test('is found by kind and name, whatever characters the name has', async () => {
    expect((await ask('/api/v1/resources/machines/a%2Fb')).body).toEqual(resource);
  });

  test('that is not in the last report is not found', async () => {
    expect((await ask('/api/v1/resources/machines/c')).code).toBe(404);
  });
});

describe('a change', () => {
  /** Sends a POST request, and returns its result. */
  async function tell(path: string, { header = 'Bearer right', body = '', hasToken = true } = {}) {
    const said: string[] = [];
    const commands: Commands = {
      async reconcile(actor) {
        said.push(`reconcile ${actor}`);
        return '2026-11-21T10:00:00.000Z';
      },
      approve: async (pass, digest, actor) => {
        said.push(`approve ${pass} ${digest} ${actor}`);
        if (pass === '01A') return 'older pass';
        return pass === '01X' ? 'unknown pass' : digest === 'd' ? 'approved' : 'other digest';
      },
      async suspend(target, { reason, until }, actor) {
        said.push(['suspend', nameOf(target), reason, until, actor].filter(Boolean).join(' '));
        if (until?.startsWith('1999')) return 'past end';
        return nameOf(target) === 'machines/none' ? 'unknown resource' : 'done';
      },
      async resume(target, actor) {
        said.push(`resume ${nameOf(target)} ${actor}`);
        return nameOf(target) === 'machines/none' ? 'unknown resource' : 'done';
      },
      async wake(target, { until }, actor) {
        said.push(`wake ${nameOf(target)} ${until} ${actor}`);
        return target.name === 'off' ? { status: 409, error: 'no timetable' } : 'done';
      },
    };
    const app = appOf({ commands, tokens: tokensOf(hasToken ? 'right' : undefined, false) });
    await using server = await listen(app, here);
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: header },
      ...(body === '' ? {} : { body }),
    });
    return [response.status, ...said];
  }

  test.each([
    ['/api/v1/reconcile', '', [202, 'reconcile server.token']],
    ['/api/v1/passes/01B/approve', '{"digest":"d"}', [202, 'approve 01B d server.token']],
    ['/api/v1/passes/01B/approve', '{"digest":"e"}', [409, 'approve 01B e server.token']],
    ['/api/v1/passes/01X/approve', '{"digest":"d"}', [404, 'approve 01X d server.token']],
    ['/api/v1/passes/01A/approve', '{"digest":"d"}', [409, 'approve 01A d server.token']],
    ['/api/v1/passes/01B/approve', '{"digest":1}', [400]],
    ['/api/v1/passes/01B/approve', 'nothing', [400]],
    ['/api/v1/passes/01B/approve', '', [400]],
    ['/api/v1/passes/01B/approve', `"${'x'.repeat(70_000)}"`, [413]],
    ['/api/v1/resources/machines/a%2Fb/suspend', '', [202, 'suspend machines/a/b server.token']],
    ['/api/v1/resources/machines/none/suspend', '', [404, 'suspend machines/none server.token']],
    ['/api/v1/resources/machines/a/resume', '', [202, 'resume machines/a server.token']],
    ['/api/v1/resources/machines/none/resume', '', [404, 'resume machines/none server.token']],
    ['/api/v1/suspend', '', [202, 'suspend * server.token']],
    [
      '/api/v1/suspend',
      '{"reason":"an incident","until":"2027-01-31T18:00:00+01:00"}',
      [202, 'suspend * an incident 2027-01-31T17:00:00.000Z server.token'],
    ],
    [
      '/api/v1/suspend',
      '{"until":"1999-01-01T00:00Z"}',
      [400, 'suspend * 1999-01-01T00:00:00.000Z server.token'],
    ],
    ['/api/v1/suspend', '{"until":"tomorrow"}', [400]],
    ['/api/v1/suspend', '{"until":1}', [400]],
    ['/api/v1/suspend', '{"until":"2027-02-31T99:00Z"}', [400]],
    ['/api/v1/suspend', '{"reason":" "}', [400]],
    ['/api/v1/suspend', `{"reason":"${'x'.repeat(501)}"}`, [400]],
    ['/api/v1/suspend', '{"util":null}', [400]],
    ['/api/v1/suspend', '[]', [400]],
    ['/api/v1/suspend', 'null', [400]],
    ['/api/v1/suspend', '{', [400]],
    ['/api/v1/resume', '', [202, 'resume * server.token']],
    [
      '/api/v1/resources/machines/a/wake',
      '{"until":"2027-01-31T18:00+01:00"}',
      [202, 'wake machines/a 2027-01-31T17:00:00.000Z server.token'],
    ],
    [
      '/api/v1/resources/machines/off/wake',
      '{"until":"2027-01-31T18:00Z"}',
      [409, 'wake machines/off 2027-01-31T18:00:00.000Z server.token'],
    ],
    [
      '/api/v1/resources/machines/a/wake',
      '{"until":null}',
      [202, 'wake machines/a null server.token'],
    ],
    ['/api/v1/resources/machines/a/wake', '', [400]],
    ['/api/v1/resources/machines/a/wake', '{}', [400]],
    ['/api/v1/resources/machines/a/wake', 'null', [400]],
    ['/api/v1/resources/machines/a/wake', '{"until":"4h"}', [400]],
    ['/api/v1/resources/machines/a/wake', '{"until":null,"for":"4h"}', [400]],
  ])('POST %s with %.20s', async (path, body, expected) => {
    expect(await tell(path, { body })).toEqual(expected);
  });

  test('needs the token, on loopback too', async () => {
    expect(await tell('/api/v1/reconcile', { header: 'Bearer wrong' })).toEqual([401]);
    expect(await tell('/api/v1/reconcile', { header: '' })).toEqual([401]);
  });

  test('is refused if no token is set', async () => {
    expect(await tell('/api/v1/reconcile', { hasToken: false })).toEqual([403]);
  });
});

describe('a named token', () => {
  const accepting: Commands = {
    reconcile: async () => '2026-11-21T10:00:00.000Z',
    approve: async () => 'approved',
    suspend: async () => 'done',
    resume: async () => 'done',
    wake: async () => 'done',
  };
  const requests: readonly (readonly [Permission, string, string])[] = [
    ['read', 'GET', '/api/v1/status'],
    ['reconcile', 'POST', '/api/v1/reconcile'],
    ['approve', 'POST', '/api/v1/passes/01C/approve'],
    ['suspend', 'POST', '/api/v1/resources/machines/a/suspend'],
    ['suspend', 'POST', '/api/v1/resources/machines/a/resume'],
    ['suspend', 'POST', '/api/v1/resources/machines/a/wake'],
    ['suspend', 'POST', '/api/v1/suspend'],
    ['suspend', 'POST', '/api/v1/resume'],
  ];
  const rows = permissions.flatMap((granted) =>
    requests.map(([needed, method, path]) => ({ granted, needed, method, path })),
  );
  const send = (granted: Permission, method: string, path: string, toRead = true) => {
    const all = [
      ...tokensOf('right').all,
      { name: 'ci', value: 'of-ci', may: [granted] },
      { name: 'other', value: 'other', may: permissions },
    ];
    return appOf({ commands: accepting, tokens: { all, toRead } }).request(path, {
      method,
      headers: { authorization: 'Bearer of-ci' },
      ...(path.endsWith('/approve') ? { body: '{"digest":"d"}' } : {}),
      ...(path.endsWith('/wake') ? { body: '{"until":null}' } : {}),
    });
  };

  test.each(rows)('that may $granted asks for $method $path', async (row) => {
    const answer = await send(row.granted, row.method, row.path);
    const text = await answer.text();
    const refusal = `the token ci may not do this: it lacks "${row.needed}" in settings.server.tokens`;
    const isGranted = row.granted === row.needed;
    expect([answer.ok, answer.status === 403, text === JSON.stringify({ error: refusal })]).toEqual(
      [isGranted, !isGranted, !isGranted],
    );
  });

  test('may read whatever it lists where reading needs no token', async () => {
    expect((await send('suspend', 'GET', '/api/v1/status', false)).status).toBe(200);
  });
});

test('a store that cannot be written is a 503 with its reason', async () => {
  const failing = { ...shown, passes: () => Promise.reject(new StoreError('its disk is full')) };
  const app = appOf({ shown: failing, tokens: tokensOf(undefined, false) });
  const answer = await app.request('/api/v1/passes');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ error: 'its disk is full' });
});

describe('every response', () => {
  const app = appOf({
    shown: { ...shown, status: () => raise(new TypeError('secret')) },
    tokens: tokensOf('right', false),
  });

  test.each([
    ['GET', '/healthz', 200],
    ['GET', '/metrics', 200],
    ['GET', '/', 200],
    ['GET', '/api/v1/passes', 200],
    ['GET', '/api/v1/passes/01B', 200],
    ['GET', '/api/v1/status', 500],
    ['GET', '/nothing', 404],
    ['GET', '/api/v1/passes?limit=x', 400],
    ['POST', '/api/v1/reconcile', 401],
    ['PUT', '/healthz', 405],
    ['OPTIONS', '/api/v1/status', 204],
  ])('%s %s (%s) is neither kept nor guessed at', async (method, path, code) => {
    const answer = await app.request(path, { method });
    expect(answer.status).toBe(code);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(await answer.text()).not.toContain('secret');
  });
});

function raise(error: Error): never {
  throw error;
}

describe('methods', () => {
  const app = appOf({ tokens: tokensOf('right', false) });
  const authorization = 'Bearer right';
  test.each([
    ['HEAD', '/healthz', 200, null],
    ['HEAD', '/', 200, null],
    ['HEAD', '/api/v1/status', 200, null],
    ['OPTIONS', '/api/v1/status', 204, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/api/v1/reconcile', 204, 'POST, OPTIONS'],
    ['POST', '/healthz', 405, 'GET, HEAD, OPTIONS'],
    ['DELETE', '/api/v1/passes/01B', 405, 'GET, HEAD, OPTIONS'],
    ['GET', '/api/v1/reconcile', 405, 'POST, OPTIONS'],
    ['PATCH', '/api/v1/resources/machines/a/suspend', 405, 'POST, OPTIONS'],
  ])('%s %s is %i', async (method, path, code, allow) => {
    const answer = await app.request(path, { method, headers: { authorization } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([code, allow]);
  });

  test('HEAD has no body', async () => {
    expect(await (await app.request('/api/v1/status', { method: 'HEAD' })).text()).toBe('');
  });

  test('no response can be read by pages of other sites', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'GET' };
    const answer = await app.request('/api/v1/status', { method: 'OPTIONS', headers });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    );
  });
});
