import { expect, test } from 'vitest';
import type { ApiOptions } from '../../src/api/client.ts';
import { apiError, connect } from '../support/apiClient.ts';
import { serve, type Reply, type Seen } from '../support/server.ts';

const [first, second] = ['pskey-first-0123456789', 'pskey-second-9876543210'];

const unauthorized: Reply = {
  status: 401,
  json: { code: 'UNAUTHORIZED', message: 'You must be logged in to access this method.' },
};
const takes =
  (key: string) =>
  ({ headers }: Seen): Reply =>
    headers.authorization === `Bearer ${key}` ? { json: { id: 'a' } } : unauthorized;

const keysIn = (seen: readonly Seen[]): readonly (string | undefined)[] =>
  seen.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));

/** A client with the key `first` that then reads these keys in turn, and the last one for ever. */
function reading(url: string, keys: readonly string[], options: Partial<ApiOptions> = {}) {
  const reads: string[] = [];
  const warnings: unknown[] = [];
  const readKey = async (): Promise<string> => {
    const key = keys[Math.min(reads.length, keys.length - 1)] ?? '';
    reads.push(key);
    if (key === 'unreadable') throw new Error('the key file cannot be read (EACCES)');
    return key;
  };
  const log = {
    debug: () => undefined,
    warn: (fields: object, message: string) => void warnings.push({ ...fields, message }),
  };
  return { api: connect(url, { key: first, readKey, log, ...options }), reads, warnings };
}

test('a write that failed authentication is sent once more with the new key', async () => {
  await using server = await serve(takes(second));
  const { api, reads } = reading(server.url, [second], { requests: { timeout: 1000, retries: 0 } });
  await using _ = api;
  expect(await api.post('/x', { name: 'a' })).toEqual({ id: 'a' });
  expect(await api.get('/x')).toEqual({ id: 'a' });
  expect(keysIn(server.seen)).toEqual([first, second, second]);
  expect(server.seen.map(({ body }) => body)).toEqual(['{"name":"a"}', '{"name":"a"}', '']);
  expect(reads).toHaveLength(1);
});

/** Keys to read, keys that are sent, because. */
const refused: readonly (readonly [readonly string[], readonly string[], string])[] = [
  [[first], [first], 'the key is the same'],
  [[second, 'pskey-third'], [first, second], 'the request is repeated only once'],
  [['unreadable'], [first], 'there is no other key'],
  [['two\nlines'], [first], 'a header cannot contain the other key'],
  [[''], [first], 'there is no other key'],
];
test.each(refused)('after reading %j, %j are sent: %s', async (keys, sent) => {
  await using server = await serve(() => unauthorized);
  const { api, warnings } = reading(server.url, keys);
  await using _ = api;
  expect(await apiError(api.post('/x', {}))).toMatchObject({ verdict: 'rejected', status: 401 });
  expect(keysIn(server.seen)).toEqual(sent);
  const isUnusable = !keys.every((key) => key.startsWith('pskey-'));
  expect(warnings).toHaveLength(isUnusable ? 1 : 0);
  expect(JSON.stringify(warnings)).not.toMatch(/two|lines/);
});

test('requests that are rejected together read the key once', async () => {
  await using server = await serve(takes(second));
  const { api, reads } = reading(server.url, [second]);
  await using _ = api;
  await Promise.all(['/a', '/b', '/c', '/d'].map((path) => api.get(path)));
  expect(reads).toHaveLength(1);
});

test('reloadKey reads the key again, and an invalid key changes nothing', async () => {
  await using server = await serve(takes(second));
  const { api, warnings } = reading(server.url, [second, 'unreadable', 'two\nlines']);
  await using _ = api;
  for (let count = 0; count < 3; count += 1) await api.reloadKey();
  expect(await api.get('/x')).toEqual({ id: 'a' });
  expect(keysIn(server.seen)).toEqual([second]);
  expect(warnings).toEqual([
    {
      reason: 'the key file cannot be read (EACCES)',
      message: 'the API key could not be read again',
    },
    { reason: expect.stringContaining('no header can carry'), message: expect.any(String) },
  ]);
});

test('errors show neither the old nor the new key', async () => {
  await using server = await serve(() => ({
    status: 400,
    json: { code: 'BAD_REQUEST', message: `not ${first}, not ${second}` },
  }));
  const { api } = reading(server.url, [second]);
  await using _ = api;
  await api.reloadKey();
  expect((await apiError(api.get('/x'))).message).toBe(
    'GET /x answered 400 BAD_REQUEST: not [secret], not [secret]',
  );
});

test('an answer that depends on the key is requested once per key', async () => {
  const teams: Record<string, object | null> = { [first]: { team: 'a' }, [second]: { team: 'b' } };
  await using server = await serve(({ headers }) => ({
    json: teams[String(headers.authorization).replace('Bearer ', '')] ?? null,
  }));
  const { api } = reading(server.url, [second]);
  await using _ = api;
  const session = () => api.getOnce('/auth/session', (answer) => answer);
  expect([await session(), await session()]).toEqual([{ team: 'a' }, { team: 'a' }]);
  await api.reloadKey();
  expect([await session(), await session()]).toEqual([{ team: 'b' }, { team: 'b' }]);
  expect(keysIn(server.seen)).toEqual([first, second]);
});

test.each([
  { because: 'the API answers null', reply: { json: null } },
  { because: 'the request fails', reply: { status: 400, json: { code: 'X', message: 'no' } } },
])('an answer is requested again if $because', async ({ reply }) => {
  await using server = await serve(() => reply);
  const { api } = reading(server.url, []);
  await using _ = api;
  const session = () => api.getOnce('/auth/session', (answer) => answer).catch(() => undefined);
  await session();
  await session();
  expect(server.seen).toHaveLength(2);
});
