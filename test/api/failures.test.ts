import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createGzip } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/api/client.ts';
import type { ApiError } from '../../src/model/api.ts';
import { countOf } from '../../src/model/text/countOf.ts';
import { apiError, connect } from '../support/apiClient.ts';
import { selfSigned } from '../support/certificate.ts';
import { serve, type Reply } from '../support/server.ts';

const inWords = ({ verdict, status, message }: ApiError): string =>
  `${verdict} ${status ?? '-'} ${message}`;

const writes: Readonly<Record<string, (api: Client) => Promise<unknown>>> = {
  POST: (api) => api.post('/x', { a: 1 }),
  PUT: (api) => api.put('/x', { a: 1 }),
  PATCH: (api) => api.patch('/x', { a: 1 }),
  DELETE: (api) => api.remove('/x'),
};

/** The number of attempts and the outcome of each method, with two retries allowed. */
async function outcomes(reply: Reply, options = {}): Promise<Readonly<Record<string, string>>> {
  const calls = { GET: (api: Client) => api.get('/x'), ...writes };
  const ended = await Promise.all(
    Object.entries(calls).map(async ([method, call]) => {
      await using server = await serve(() => reply);
      await using api = connect(server.url, options);
      const { verdict } = await apiError(call(api));
      expect(api.usage()).toMatchObject({
        requests: server.seen.length,
        retries: server.seen.length - 1,
      });
      return [method, `${verdict} ${server.seen.length}`] as const;
    }),
  );
  return Object.fromEntries(ended);
}

const same = (get: string, write: string) => ({
  GET: get,
  POST: write,
  PUT: write,
  PATCH: write,
  DELETE: write,
});

/** An error of the API itself, and one of an intermediary. */
const says = (status: number): Reply => ({ status, json: { code: 'CODE', message: 'no' } });
const page = (status: number): Reply => ({ status, text: '<h1>Blocked</h1>' });

const silence: Reply = () => undefined;
const beginning: Reply = (response) => void response.writeHead(200).write('{');

describe('verdicts and attempts', () => {
  /** Because, reply, GET, writes. */
  const rows: readonly (readonly [string, Reply, string, string])[] = [
    ...[400, 401, 403, 409, 412].map(
      (status) => [`${status}`, says(status), 'rejected 1', 'rejected 1'] as const,
    ),
    ...[400, 401, 403, 404, 405, 407, 413, 414, 431, 451].map(
      (status) =>
        [`${status} of a firewall`, page(status), 'unavailable 1', 'unavailable 1'] as const,
    ),
    [
      'an empty code',
      { status: 403, json: { message: 'Forbidden' } },
      'unavailable 1',
      'unavailable 1',
    ],
    [
      'a numeric code',
      { status: 403, json: { code: 403, message: 'no' } },
      'unavailable 1',
      'unavailable 1',
    ],
    ['408', { status: 408, json: {} }, 'unavailable 3', 'uncertain 1'],
    ['429', { status: 429, json: {} }, 'unavailable 3', 'unavailable 3'],
    ['503', says(503), 'unavailable 3', 'unavailable 3'],
    ['503 of a gateway', page(503), 'unavailable 3', 'uncertain 1'],
    ['500', { status: 500, json: {} }, 'unavailable 3', 'uncertain 1'],
    ['502', { status: 502, text: '<h1>Bad</h1>' }, 'unavailable 3', 'uncertain 1'],
    ['a web page', { text: '<html>welcome</html>' }, 'unavailable 3', 'uncertain 1'],
    ['half of the JSON', { text: '{"id":"a"' }, 'unavailable 3', 'uncertain 1'],
    ['a reset', (response) => void response.destroy(), 'unavailable 3', 'uncertain 1'],
    [
      'a reset in the middle of the answer',
      (response) => void response.writeHead(200).write('{"id":', () => response.destroy()),
      'unavailable 3',
      'uncertain 1',
    ],
    [
      'less than Content-Length',
      (response) =>
        void response
          .writeHead(200, { 'content-length': 99 })
          .write('{}', () => response.destroy()),
      'unavailable 3',
      'uncertain 1',
    ],
  ];
  test.each(rows)('%s', async (_because, reply, get, write) => {
    expect(await outcomes(reply)).toEqual(same(get, write));
  });

  test('no answer within the timeout', async () => {
    const options = { requests: { timeout: 1000, retries: 2 } };
    expect(await outcomes(silence, options)).toEqual(same('unavailable 3', 'uncertain 1'));
  });

  test('an answer that never ends', async () => {
    const options = { requests: { timeout: 1000, retries: 2 } };
    expect(await outcomes(beginning, options)).toEqual(same('unavailable 3', 'uncertain 1'));
  });

  test.each(['POST', 'PUT', 'PATCH'])(
    'null in answer to a %s leaves its outcome uncertain',
    async (method) => {
      await using server = await serve(() => ({ json: null }));
      await using api = connect(server.url);
      const error = await apiError(writes[method]?.(api) ?? api.get('/'));
      expect(inWords(error)).toBe(`uncertain 200 ${method} /x answered null`);
      expect(server.seen).toHaveLength(1);
    },
  );

  test('a redirect is not followed, and does not receive the key', async () => {
    await using elsewhere = await serve(() => ({ json: {} }));
    const redirect = { status: 307, headers: { location: `${elsewhere.url}/x` }, text: '' };
    expect(await outcomes(redirect)).toEqual(same('unavailable 1', 'uncertain 1'));
    expect(elsewhere.seen).toEqual([]);
  });
});

/** The outcome of a POST with two retries allowed, and the number of attempts. */
const attempts = async (url: string): Promise<readonly string[]> => {
  await using api = connect(url, { allowHttp: true });
  const error = await apiError(api.post('/x', { a: 1 }));
  return [inWords(error), countOf(api.usage().requests, 'attempt')];
};

describe('a request that was certainly not sent is unavailable and retried', () => {
  test('a connection refused', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await attempts(`http://127.0.0.1:${port}`)).toEqual([
      `unavailable - POST /x was not sent: connect ECONNREFUSED 127.0.0.1:${port} (after 3 attempts)`,
      '3 attempts',
    ]);
  });

  test('a name that does not exist', async () => {
    const [message, count] = await attempts('http://nowhere.invalid');
    expect(message).toMatch(
      /^unavailable - POST \/x was not sent: getaddrinfo E\w+ nowhere.invalid/,
    );
    expect(count).toBe('3 attempts');
  });

  test('an untrusted certificate, which is not retried', async () => {
    await using server = await serve(() => ({ json: {} }), selfSigned);
    const [message, count] = await attempts(server.url);
    expect(message).toMatch(/^unavailable - POST \/x was not sent: .*DEPTH_ZERO_SELF_SIGNED_CERT/);
    expect(count).toBe('1 attempt');
    expect(server.seen).toEqual([]);
  });

  test('a handshake that never ends', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await using api = connect(`https://127.0.0.1:${port}`, {
      requests: { timeout: 100, retries: 0 },
    });
    expect(inWords(await apiError(api.post('/x')))).toMatch(
      /^unavailable - POST \/x was not sent: Timeout/,
    );
    silent.close();
  });
});

test('over TLS, a lost answer after the handshake is uncertain', async () => {
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, selfSigned.cert]);
  try {
    await using server = await serve(
      (_request, index) => (response) => {
        if (index === 1) response.end('{}');
        else response.destroy();
      },
      selfSigned,
    );
    await using api = connect(server.url);
    expect((await apiError(api.post('/fresh'))).verdict).toBe('uncertain');
    expect(await api.post('/fresh')).toEqual({});
    expect((await apiError(api.post('/kept'))).verdict).toBe('uncertain');
    expect(server.seen).toHaveLength(3);
  } finally {
    setDefaultCACertificates(trusted);
  }
});

test('a write whose connection broke while it was sent is uncertain', async () => {
  const impatient = createServer((socket) => socket.once('data', () => socket.destroy()));
  impatient.listen(0, '127.0.0.1');
  await once(impatient, 'listening');
  const { port } = impatient.address() as AddressInfo;
  await using api = connect(`http://127.0.0.1:${port}`);
  const call = api.post('/x', { script: 'echo x\n'.repeat(5 * 1024 * 1024) });
  expect((await apiError(call)).verdict).toBe('uncertain');
  expect(api.usage().requests).toBe(1);
  impatient.close();
});

describe('an answer that is too large', () => {
  const bytes = 65 * 1024 * 1024;
  /** Because, reply. */
  const rows: readonly (readonly [string, Reply])[] = [
    [
      'by its Content-Length',
      (response) => void response.writeHead(200, { 'content-length': bytes }).write('{'),
    ],
    [
      'after decompression, in an endless answer',
      (response) => {
        const unpacked = createGzip();
        unpacked.pipe(response.setHeader('content-encoding', 'gzip'));
        unpacked.write(Buffer.alloc(bytes, ' '));
        unpacked.flush();
      },
    ],
  ];
  test.each(rows)('%s is not read to its end, and not retried', async (_because, reply) => {
    await using server = await serve(() => reply);
    await using api = connect(server.url);
    expect(inWords(await apiError(api.get('/x')))).toBe(
      'unavailable - GET /x answered more than 64 MB',
    );
    expect(inWords(await apiError(api.post('/x')))).toBe(
      'uncertain - POST /x answered more than 64 MB',
    );
    expect(server.seen).toHaveLength(2);
  });
});
