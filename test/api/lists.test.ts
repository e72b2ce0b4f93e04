import { describe, expect, test } from 'vitest';
import type { Json, Query } from '../../src/model/api.ts';
import { apiError, connect } from '../support/apiClient.ts';
import { serve, type Reply, type TestServer } from '../support/server.ts';

const page = (names: readonly string[], nextPage: string | null): Reply => ({
  json: { hasMore: nextPage !== null, nextPage, items: names.map((id) => ({ id })) },
});

/** Three pages of machines: a b, b c, d. */
const three = ({ url }: { readonly url: string }): Reply => {
  const after = new URL(url, 'http://x').searchParams.get('after');
  if (after === null) return page(['a', 'b'], 'cursor/1&');
  return after === 'cursor/1&' ? page(['b', 'c'], '2') : page(['d'], null);
};

const queries = (server: TestServer): readonly string[] =>
  server.seen.map(({ url }) => url.replace('/machines', ''));

describe('a list', () => {
  test('is read to its end, page by page', async () => {
    await using server = await serve(three);
    await using api = connect(server.url);
    const pages = await Array.fromAsync(api.list('/machines'));
    expect(pages).toEqual([[{ id: 'a' }, { id: 'b' }], [{ id: 'c' }], [{ id: 'd' }]]);
    expect(queries(server)).toEqual([
      '?limit=120&order=asc',
      '?limit=120&order=asc&after=cursor%2F1%26',
      '?limit=120&order=asc&after=2',
    ]);
    expect(api.usage().requests).toBe(3);
  });

  /** Query, the query that is sent, because. */
  const rows: readonly (readonly [Query, string, string])[] = [
    [{ order: 'desc' }, '?limit=120&order=desc', 'the order is configurable'],
    [{ limit: 5 }, '?limit=5&order=asc', 'the page size is configurable'],
    [{ order: undefined }, '?limit=120&order=asc', 'undefined parameters change nothing'],
    [{ machineId: 'm1' }, '?limit=120&order=asc&machineId=m1', 'filters are passed on'],
    [{ after: 'x' }, '?limit=120&order=asc&after=x', 'a walk may start at a cursor'],
  ];
  test.each(rows)('with the query %o sends %s, because %s', async (query, sent) => {
    await using server = await serve(() => page([], null));
    await using api = connect(server.url);
    expect(await Array.fromAsync(api.list('/machines', query))).toEqual([[]]);
    expect(queries(server)).toEqual([sent]);
  });

  test('is requested only when it is consumed, and anew each time', async () => {
    await using server = await serve(three);
    await using api = connect(server.url);
    const [one, other] = [api.list('/machines'), api.list('/machines')];
    expect(api.usage().requests).toBe(0);
    expect(await Array.fromAsync(one)).toEqual(await Array.fromAsync(other));
    expect(server.seen).toHaveLength(6);
  });

  test('requests the next page while the consumer handles a page', async () => {
    await using server = await serve(three);
    await using api = connect(server.url);
    const asked: number[] = [];
    for await (const items of api.list('/machines', {}, ({ id }) => id)) {
      // If the next page were requested only in the next iteration, this would wait for ever.
      await server.arrived(items[0] === 'a' ? 2 : 3);
      asked.push(api.usage().requests);
    }
    expect(asked).toEqual([2, 3, 3]);
  });

  test('aborts the next page when the consumer stops', async () => {
    const cutOff = Promise.withResolvers<string>();
    await using server = await serve((request, index) =>
      index === 0
        ? three(request)
        : (response) => void response.once('close', () => cutOff.resolve('cut off')),
    );
    await using api = connect(server.url);
    for await (const items of api.list('/machines')) {
      expect(items).toHaveLength(2);
      await server.arrived(2);
      break;
    }
    expect(await cutOff.promise).toBe('cut off');
  });

  test('retries a page that fails at first', async () => {
    await using server = await serve((request, index) =>
      index % 2 === 0 ? { status: 500, json: {} } : three(request),
    );
    await using api = connect(server.url);
    expect((await Array.fromAsync(api.list('/machines'))).flat()).toHaveLength(4);
    expect(api.usage()).toMatchObject({ requests: 6, retries: 3 });
  });
});

describe('the page cache', () => {
  const read = ({ id, name = '' }: Json) =>
    id === 'skipped' ? undefined : `${String(id)} ${String(name)}`;
  /** Two pages, the second of which contains this name. */
  const two =
    (nameOf: () => string) =>
    ({ url }: { readonly url: string }): Reply =>
      new URL(url, 'http://x').searchParams.has('after')
        ? { json: { hasMore: false, items: [{ id: 'c', name: nameOf() }] } }
        : page(['a', 'skipped', 'b'], 'x');

  test('returns the same array for equal bytes, and still sends the request', async () => {
    let name = 'one';
    await using server = await serve(two(() => name));
    await using api = connect(server.url);
    const walk = (by = read) => Array.fromAsync(api.list('/machines', {}, by));
    const [first, second] = [await walk(), await walk()];
    expect(second).toEqual([['a ', 'b '], ['c one']]);
    expect(second[0]).toBe(first[0]);
    expect(second[1]).toBe(first[1]);
    name = 'onf';
    const third = await walk();
    expect(third).toEqual([['a ', 'b '], ['c onf']]);
    expect(third[0]).toBe(first[0]);
    expect(await walk(({ id }) => String(id))).toEqual([['a', 'skipped', 'b'], ['c']]);
    expect(server.seen).toHaveLength(8);
  });

  test('is separate for each path and query', async () => {
    await using server = await serve(({ url }) => ({
      json: { hasMore: false, items: [{ id: url }] },
    }));
    await using api = connect(server.url);
    const walk = async (path: string, query: Query) =>
      (await Array.fromAsync(api.list(path, query, read))).flat();
    for (const _ of [1, 2])
      expect([await walk('/a', {}), await walk('/b', {}), await walk('/a', { x: 'y' })]).toEqual([
        ['/a?limit=120&order=asc '],
        ['/b?limit=120&order=asc '],
        ['/a?limit=120&order=asc&x=y '],
      ]);
  });

  test('does not keep the pages of a walk that failed', async () => {
    let broken = false;
    await using server = await serve((request, index) =>
      broken && index === 3 ? { status: 400, json: {} } : two(() => 'one')(request),
    );
    await using api = connect(server.url);
    const walk = () => Array.fromAsync(api.list('/machines', {}, read));
    const whole = await walk();
    broken = true;
    await apiError(walk());
    expect(await walk()).toEqual(whole);
  });
});

describe('a list that cannot be walked', () => {
  /** Case, reply to each page, message, requests. */
  const rows: readonly (readonly [string, Reply, string, number])[] = [
    ['null', { json: null }, 'answered a page without items', 1],
    ['a bare array', { json: [{ id: 'a' }] }, 'answered a page without items', 1],
    [
      'a circle',
      page(['a'], 'x'),
      'answered a cursor that it gave before: the pages go in circles',
      2,
    ],
    [
      'no permission',
      { status: 403, json: { code: 'FORBIDDEN', message: 'no' } },
      'answered 403 FORBIDDEN: no (check PAPERSPACE_API_KEY: its user may not do this)',
      1,
    ],
    ['no JSON', { text: 'oops' }, 'answered something that is not JSON (after 3 attempts)', 3],
  ];
  test.each(rows)('rejects: %s', async (_because, reply, message, requests) => {
    await using server = await serve(() => reply);
    await using api = connect(server.url);
    const error = await apiError(Array.fromAsync(api.list('/machines')));
    expect(error.message).toBe(`GET /machines ${message}`);
    expect(error.verdict).toBe(message.includes('403') ? 'rejected' : 'unavailable');
    expect(server.seen).toHaveLength(requests);
  });

  test('yields the pages before the failure', async () => {
    await using server = await serve((request, index) =>
      index === 0 ? three(request) : { status: 400, json: {} },
    );
    await using api = connect(server.url);
    const found: unknown[] = [];
    const walk = async (): Promise<void> => {
      for await (const items of api.list('/machines')) found.push(...items);
    };
    expect((await apiError(walk())).status).toBe(400);
    expect(found).toEqual([{ id: 'a' }, { id: 'b' }]);
  });
});
