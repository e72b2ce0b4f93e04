import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { permissions } from '../../src/model/settings.ts';
import { createApp } from '../../src/server/app.ts';
import type { Commands } from '../../src/server/commands.ts';
import { boundConnections, defaultBounds } from '../../src/server/access/connections.ts';
import { createEvents, mostListeners } from '../../src/server/events.ts';
import { listen, type ListenOptions } from '../../src/server/listen.ts';
import { createRequestLog } from '../../src/server/requestLog.ts';
import type { Shown } from '../../src/server/views.ts';
import { reportWith } from '../support/reports.ts';
import { shownWith } from '../support/shown.ts';
import { virtualClock } from '../support/virtualClock.ts';

const token = 'a-token-of-many-characters';

const commands: Commands = {
  reconcile: async () => '2026-11-21T10:00:00.000Z',
  approve: async () => 'approved',
  suspend: async () => 'done',
  resume: async () => 'done',
  wake: async () => 'done',
};

/** A server on loopback, and the lines that it logs. `names`: its addresses. */
async function serving(names: Partial<ListenOptions> = {}, over: Partial<Shown> = {}) {
  const clock = virtualClock();
  const lines: { readonly level: string; readonly message: string; readonly fields: object }[] = [];
  const log = createRequestLog(
    {
      info: (fields, message) => lines.push({ level: 'info', message, fields }),
      warn: (fields, message) => lines.push({ level: 'warn', message, fields }),
    },
    clock,
  );
  const events = createEvents(clock);
  const shown = shownWith({ status: () => raise(), events, ...over });
  const all = [{ name: 'server.token', value: token, may: permissions }];
  const app = createApp({ shown, commands, tokens: { all, toRead: false }, log });
  const server = await listen(app, { host: '127.0.0.1', port: 0, publicUrl: null, log, ...names });
  const { hostname, port } = new URL(server.url);
  const open = new Set<Socket>();
  return {
    clock,
    events,
    lines,
    ask: (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
      ask({
        hostname: hostname === '0.0.0.0' ? '127.0.0.1' : hostname,
        port,
        path,
        headers,
        method,
      }),
    /** Opens a connection that sends only this text. */
    connect(sent: string): Socket {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined).write(sent);
      open.add(socket);
      return socket;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await events.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

function raise(): never {
  throw new TypeError('a bug');
}

async function ask(options: object): Promise<{ code: number | undefined; text: string }> {
  const sent = request({ ...options, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  return { code: response.statusCode, text: await text(response) };
}

describe('a Host header with a foreign name (DNS rebinding)', () => {
  test.each(['/', '/api/v1/passes', '/healthz', '/readyz', '/metrics', '/nothing'])(
    'gets 421 on loopback at %s, and is logged',
    async (path) => {
      await using it = await serving();
      expect(await it.ask(path, { host: 'evil.example' })).toMatchObject({ code: 421 });
      expect(
        await it.ask(path, { host: 'evil.example', authorization: `Bearer ${token}` }),
      ).toMatchObject({
        code: 421,
      });
      expect(it.lines[0]).toMatchObject({
        level: 'warn',
        message: 'request refused: the Host header does not name this server',
        fields: { host: 'evil.example', path, method: 'GET', remote: '127.0.0.1' },
      });
    },
  );

  test('gets 421 outside loopback too, except for probes and scrapes', async () => {
    await using it = await serving({ host: '0.0.0.0' });
    for (const [path, code] of [
      ['/healthz', 200],
      ['/readyz', 200],
      ['/metrics', 200],
      ['/', 421],
      ['/api/v1/passes', 421],
      ['/metricsx', 421],
      ['/metrics/../', 421],
    ] as const)
      expect([path, (await it.ask(path, { host: 'holdfast.team.svc:8080' })).code]).toEqual([
        path,
        code,
      ]);
    expect(await it.ask('/api/v1/passes', { host: '10.42.0.7:8080' })).toMatchObject({ code: 200 });
  });

  test('is accepted if it is the public URL of the settings', async () => {
    await using it = await serving({ publicUrl: 'https://gpu.example.com' });
    expect(await it.ask('/api/v1/passes', { host: 'gpu.example.com' })).toMatchObject({
      code: 200,
    });
    expect(await it.ask('/', { host: 'other.example.com' })).toMatchObject({ code: 421 });
  });

  test('in the request target is refused, whatever the Host header says', async () => {
    await using it = await serving();
    const socket = it.connect('GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

test('a page of another site gets 403, with the token too', async () => {
  await using it = await serving();
  const headers = { origin: 'https://evil.example', authorization: `Bearer ${token}` };
  expect(await it.ask('/api/v1/passes', headers)).toMatchObject({ code: 403 });
  expect(await it.ask('/api/v1/reconcile', headers, 'POST')).toMatchObject({ code: 403 });
  expect(await it.ask('/healthz', { origin: 'null' })).toMatchObject({ code: 403 });
  expect(it.lines[0]).toMatchObject({
    message: 'request refused: it comes from a page of another site',
    fields: { origin: 'https://evil.example' },
  });
});

describe('the log', () => {
  const authorization = `Bearer ${token}`;
  test.each([
    ['POST', '/api/v1/reconcile', 202, 'a pass was requested', {}],
    [
      'POST',
      '/api/v1/resources/machines/a/suspend',
      202,
      'a resource was suspended',
      { resource: 'machines/a' },
    ],
    [
      'POST',
      '/api/v1/resources/machines/a/resume',
      202,
      'a resource was resumed',
      { resource: 'machines/a' },
    ],
    ['GET', '/api/v1/status?token=hidden', 500, 'a request failed', { err: expect.any(TypeError) }],
  ])('%s %s', async (method, path, code, message, fields) => {
    await using it = await serving();
    expect(await it.ask(path, { authorization }, method)).toMatchObject({ code });
    expect(it.lines).toMatchObject([
      { message, fields: { ...fields, remote: '127.0.0.1', method, path: path.split('?')[0] } },
    ]);
    expect(JSON.stringify(it.lines)).not.toMatch(/hidden|a-token/);
  });

  test('has a line for an approval, with the digest', async () => {
    await using it = await serving();
    const app = `/api/v1/passes/01B/approve`;
    const url = it.connect(
      `POST ${app} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nContent-Length: 14\r\n\r\n{"digest":"d"}`,
    );
    expect(await text(url)).toMatch(/^HTTP\/1\.1 202 /);
    expect(it.lines).toMatchObject([
      { message: 'a plan was approved', fields: { pass: '01B', digest: 'd' } },
    ]);
  });

  test('has a line for a wrong token, but not for a missing one', async () => {
    await using it = await serving();
    expect(await it.ask('/api/v1/reconcile', {}, 'POST')).toMatchObject({ code: 401 });
    expect(it.lines).toEqual([]);
    const wrong = { authorization: 'Bearer guessed' };
    expect(await it.ask('/api/v1/reconcile', wrong, 'POST')).toMatchObject({ code: 401 });
    expect(it.lines).toMatchObject([{ message: 'request refused: the token is wrong' }]);
    expect(JSON.stringify(it.lines)).not.toContain('guessed');
  });

  test('has at most ten lines per message and minute, and the number of the others', async () => {
    await using it = await serving();
    const many = async (count: number) => {
      for (let i = 0; i < count; i += 1) await it.ask('/', { host: 'evil.example' });
    };
    await many(25);
    await it.ask('/', { origin: 'null' });
    expect(it.lines).toHaveLength(11);
    it.clock.advance(60_000);
    await many(2);
    expect(it.lines).toHaveLength(13);
    expect(it.lines[11]?.fields).toMatchObject({ notLogged: 15 });
    expect(it.lines[12]?.fields).not.toHaveProperty('notLogged');
  });

  test('truncates a long name or path', async () => {
    await using it = await serving();
    const long = 'x'.repeat(5000);
    await it.ask(`/${long}`, { host: long });
    expect(JSON.stringify(it.lines).length).toBeLessThan(700);
  });
});

describe('limits before any token is checked', () => {
  test('half-open connections do not block others', async () => {
    await using it = await serving();
    const half = Array.from({ length: 400 }, () => it.connect('GET / HTTP/1.1\r\nHost: loc'));
    await Promise.all(half.map((socket) => once(socket, 'connect')));
    for (let i = 0; i < 20; i += 1) expect(await it.ask('/healthz')).toMatchObject({ code: 200 });
    for (const socket of half.slice(0, 400 - defaultBounds.connections))
      if (!socket.closed) await once(socket, 'close');
  });

  test('unread responses do not block others', async () => {
    const big = reportWith({ revision: 'x'.repeat(2_000_000) });
    await using it = await serving({}, { report: async () => big });
    const deaf = Array.from({ length: defaultBounds.connections + 20 }, () =>
      it.connect('GET /api/v1/passes/01B HTTP/1.1\r\nHost: localhost\r\n\r\n').pause(),
    );
    await Promise.all(deaf.map((socket) => once(socket, 'connect')));
    for (let i = 0; i < 5; i += 1) expect(await it.ask('/healthz')).toMatchObject({ code: 200 });
  });

  test('many concurrent clients that read all get a response', async () => {
    await using it = await serving({}, { report: async () => reportWith() });
    const asked = Array.from({ length: 100 }, (_, i) =>
      it.ask(i % 2 === 0 ? '/healthz' : '/api/v1/passes/01B'),
    );
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ code: 200 });
  });

  test('of too many slow responses, the slowest is dropped', async () => {
    const server = createServer((_, response) => void response.end('x'.repeat(8_000_000)));
    boundConnections(server, { connections: 9, slowAnswers: 2, slowMs: 0 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const deaf = Array.from({ length: 3 }, () => connect(port, '127.0.0.1').pause());
    const closed = deaf.map((socket) =>
      once(
        socket.on('error', () => undefined),
        'close',
      ),
    );
    for (const socket of deaf) {
      const asked = once(server, 'request');
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await asked;
    }
    deaf[0]?.resume();
    await closed[0];
    expect(deaf.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    server.closeAllConnections();
    server.close();
  });

  test('a Content-Length over 64 kB is refused before the body is sent', async () => {
    await using it = await serving();
    const socket = it.connect(
      'POST /api/v1/reconcile HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n',
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a body without a length is read up to the same limit', async () => {
    await using it = await serving();
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const socket = it.connect(
      `POST /api/v1/reconcile HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a body without a length that is within the limit is read', async () => {
    await using it = await serving();
    const socket = it.connect(
      `POST /api/v1/passes/1/approve HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\nE\r\n{"digest":"d"}\r\n0\r\n\r\n`,
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 202 /);
  });

  test.each([
    ['a header', `X: ${'x'.repeat(20_000)}`],
    ['many headers', Array.from({ length: 2000 }, (_, i) => `X${i}: 0123456789`).join('\r\n')],
  ])('%s of more than 16 kB is refused', async (_what, header) => {
    await using it = await serving();
    const socket = it.connect(`GET / HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('a path of more than 16 kB is refused', async () => {
    await using it = await serving();
    const socket = it.connect(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test.each([
    '/%',
    '/api/v1/resources/machines/%E0%A4%A',
    '/api/v1/passes/%00',
    '//evil.example',
    '/..%2f',
  ])('a path such as %s is answered', async (path) => {
    await using it = await serving();
    expect((await it.ask(path)).code).toBeLessThan(500);
    expect(await it.ask('/healthz')).toMatchObject({ code: 200 });
  });
});

describe('streams of events', () => {
  const stream = 'GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n';

  test('are limited in number; one more gets 503 with Retry-After', async () => {
    await using it = await serving();
    const listeners = Array.from({ length: mostListeners }, () => it.connect(stream));
    await Promise.all(listeners.map((socket) => once(socket, 'data')));
    const refused = it.connect(stream.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    expect(await text(refused)).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 30/i);
    listeners[0]?.destroy();
    await expect
      .poll(async () => {
        const socket = it.connect(stream);
        const [first] = (await once(socket, 'data')) as [Buffer];
        return first.toString();
      })
      .toMatch(/^HTTP\/1\.1 200 /);
  });

  test('do not start for HEAD', async () => {
    await using it = await serving();
    for (let i = 0; i <= mostListeners; i += 1)
      expect(await it.ask('/api/v1/events', {}, 'HEAD')).toEqual({ code: 200, text: '' });
  });

  test('end for a listener that does not read, and continue for the others', async () => {
    await using it = await serving();
    const [deaf, reader] = [it.connect(stream), it.connect(stream)];
    await Promise.all([once(deaf, 'data'), once(reader, 'data')]);
    deaf.pause();
    const left = once(deaf, 'close');
    let heard = 0;
    reader.on('data', (chunk: Buffer) => {
      heard += chunk.toString().split('event: pass').length - 1;
    });
    const pass = reportWith({ pass: '01B', startedAt: 'x'.repeat(1_000_000) });
    for (let i = 1; i <= 30; i += 1) {
      it.events.passEnded(pass);
      await expect.poll(() => heard, { interval: 2 }).toBe(i);
    }
    deaf.resume();
    await left;
    expect(reader.closed).toBe(false);
  });
});
