import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
} from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiOptions } from '../../src/api/client.ts';
import { proxyFor } from '../../src/api/transport/proxy.ts';
import { apiError, connect, testKey } from '../support/apiClient.ts';
import { selfSigned } from '../support/certificate.ts';
import { startProxy, type OnConnect } from '../support/proxy.ts';
import { serve } from '../support/server.ts';

const trusted = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([...trusted, selfSigned.cert]));
afterAll(() => setDefaultCACertificates(trusted));

const password = 'pr0xy-p@ssword';

/** The proxy at this URL, as the environment names it, with a user. */
const through = (url: string): Pick<ApiOptions, 'proxy'> => ({
  proxy: proxyFor('https://api.example', {
    HTTPS_PROXY: url.replace('//', `//holdfast:${encodeURIComponent(password)}@`),
  }),
});

const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

const quick = { requests: { timeout: 400, retries: 1 } };

describe('over TLS', () => {
  test('requests share one tunnel, and the proxy sees neither the key nor the paths', async () => {
    await using server = await serve(() => ({ json: { id: 'a' } }), selfSigned);
    await using proxy = await startProxy();
    await using api = connect(server.url, through(proxy.url));
    for (let count = 0; count < 3; count += 1) await api.post('/secret-path', { count });
    expect(proxy.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `CONNECT ${server.url.slice('https://'.length)}`,
    ]);
    const login = Buffer.from(`holdfast:${password}`).toString('base64');
    expect(proxy.seen[0]?.headers['proxy-authorization']).toBe(`Basic ${login}`);
    expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(JSON.stringify(proxy.seen[0]?.headers) + proxy.tunnelled()).not.toContain(testKey);
    expect(proxy.tunnelled()).not.toContain('secret-path');
  });

  test.runIf(hasIPv6)('the proxy may have an IPv6 address', async () => {
    await using server = await serve(() => ({ json: {} }), selfSigned);
    await using proxy = await startProxy('::1');
    await using api = connect(server.url, through(proxy.url));
    expect(await api.get('/x')).toEqual({});
    expect(proxy.seen).toHaveLength(1);
  });

  /** The proxy's behaviour, message, attempts with one retry allowed. */
  const rows: readonly (readonly [string, OnConnect, string, number])[] = [
    [
      'requires another login',
      { refuse: '407 Proxy Authentication Required' },
      'does not accept its user and password (407): set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
      1,
    ],
    [
      'refuses',
      { refuse: '403 Forbidden' },
      'refused to connect to the API (403): allow it there, or name the host in NO_PROXY',
      1,
    ],
    ['cannot connect', { refuse: '502 Bad Gateway' }, 'could not connect to the API (502)', 2],
    ['closes the connection', 'cut', 'cannot be used: socket hang up; check HTTPS_PROXY', 2],
    ['does not answer', 'silence', 'cannot be used: Proxy timeout; check HTTPS_PROXY', 2],
    ['does not speak HTTP', { refuse: '\u0000' }, 'cannot be used: Parse Error', 2],
  ];
  test.each(rows)(
    'a write is not sent if the proxy %s',
    async (_what, onConnect, message, count) => {
      await using server = await serve(() => ({ json: {} }), selfSigned);
      await using proxy = await startProxy();
      proxy.onConnect = onConnect;
      await using api = connect(server.url, { ...through(proxy.url), ...quick });
      const error = await apiError(api.post('/x', {}));
      expect(error.verdict).toBe('unavailable');
      expect(error.message).toContain(
        `POST /x was not sent: the proxy ${proxy.url} (HTTPS_PROXY) ${message}`,
      );
      expect(error.message).not.toMatch(/holdfast:|pr0xy/);
      expect(proxy.seen).toHaveLength(count);
      expect(server.seen).toEqual([]);
      proxy.onConnect = 'tunnel';
      expect(await api.post('/x', {})).toEqual({});
    },
  );

  test('a write is not sent if the proxy is unreachable', async () => {
    await using api = connect('https://127.0.0.1:1', {
      ...through('http://127.0.0.1:1'),
      ...quick,
    });
    const error = await apiError(api.post('/x', {}));
    expect(error.verdict).toBe('unavailable');
    expect(error.message).toContain(
      'POST /x was not sent: the proxy http://127.0.0.1:1 (HTTPS_PROXY) cannot be used: connect ECONNREFUSED 127.0.0.1:1; check HTTPS_PROXY',
    );
  });

  test('dead tunnels do not use up the connections', async () => {
    await using server = await serve(() => ({ json: {} }), selfSigned);
    await using proxy = await startProxy();
    proxy.onConnect = 'tunnel to nowhere';
    await using api = connect(server.url, {
      ...through(proxy.url),
      requests: { timeout: 200, retries: 0 },
    });
    const calls = Array.from({ length: 8 }, () => apiError(api.post('/x', {})));
    expect(new Set((await Promise.all(calls)).map(({ verdict }) => verdict))).toEqual(
      new Set(['unavailable']),
    );
    proxy.onConnect = 'tunnel';
    expect(await api.post('/x', {})).toEqual({});
  });

  test('the proxy is not blamed for an untrusted certificate', async () => {
    setDefaultCACertificates(trusted);
    try {
      await using server = await serve(() => ({ json: {} }), selfSigned);
      await using proxy = await startProxy();
      await using api = connect(server.url, through(proxy.url));
      const error = await apiError(api.post('/x', {}));
      expect(error.message).toMatch(/^POST \/x was not sent: .*DEPTH_ZERO_SELF_SIGNED_CERT/);
      expect(error.verdict).toBe('unavailable');
      expect(server.seen).toEqual([]);
    } finally {
      setDefaultCACertificates([...trusted, selfSigned.cert]);
    }
  });

  test('an answer that is lost in a new or reused tunnel is uncertain', async () => {
    await using server = await serve(
      (_request, index) => (response) => {
        if (index === 1) response.end('{}');
        else response.destroy();
      },
      selfSigned,
    );
    await using proxy = await startProxy();
    await using api = connect(server.url, through(proxy.url));
    expect((await apiError(api.post('/new', {}))).verdict).toBe('uncertain');
    expect(await api.post('/fresh', {})).toEqual({});
    expect((await apiError(api.post('/kept', {}))).verdict).toBe('uncertain');
    expect(server.seen).toHaveLength(3);
  });

  test('a write whose connection breaks in a tunnel is uncertain', async () => {
    const impatient = createTlsServer(selfSigned, (socket) =>
      socket.on('error', () => undefined).once('data', () => socket.destroy()),
    ).listen(0, '127.0.0.1');
    await once(impatient, 'listening');
    const { port } = impatient.address() as AddressInfo;
    await using proxy = await startProxy();
    await using api = connect(`https://127.0.0.1:${port}`, through(proxy.url));
    const call = api.post('/x', { script: 'echo x\n'.repeat(5 * 1024 * 1024) });
    expect((await apiError(call)).verdict).toBe('uncertain');
    expect(api.usage().requests).toBe(1);
    impatient.close();
  });
});

test('over plain HTTP the proxy receives the absolute URL', async () => {
  await using proxy = await startProxy();
  await using api = connect('http://api.example/v1', {
    allowHttp: true,
    proxy: proxyFor('http://api.example', { HTTP_PROXY: proxy.url }),
  });
  expect(await api.get('/x', { a: 'b' })).toEqual({ asked: 'http://api.example/v1/x?a=b' });
});

test('over plain HTTP a write is not sent if the proxy is unreachable', async () => {
  await using api = connect('http://api.example/v1', {
    allowHttp: true,
    proxy: proxyFor('http://api.example', { HTTP_PROXY: 'http://127.0.0.1:1' }),
  });
  const error = await apiError(api.post('/x', {}));
  expect(error.verdict).toBe('unavailable');
  expect(error.message).toContain('the proxy http://127.0.0.1:1 (HTTP_PROXY) cannot be used');
});
