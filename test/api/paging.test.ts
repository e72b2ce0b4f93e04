import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPage, walk as walkPages, type Bounds, type Malformed } from '../../src/api/paging.ts';

/** A walk over unread bodies. */
const walk = (
  fetchBody: (after: string | undefined, signal: AbortSignal) => Promise<unknown>,
  malformed: Malformed,
  stop?: AbortSignal,
  bounds?: Bounds,
) =>
  walkPages(
    async (after, signal) => readPage(await fetchBody(after, signal), malformed, (item) => item),
    malformed,
    stop,
    bounds,
  );

type Pages = Readonly<Record<string, unknown>>;

/** Walks a list whose first page has the key `''`. */
async function walked(pages: Pages): Promise<readonly (readonly unknown[])[]> {
  const fetchPage = (after = ''): Promise<unknown> => Promise.resolve(pages[after]);
  return Array.fromAsync(walk(fetchPage, (what) => new Error(what)));
}

const page = (items: readonly unknown[], nextPage?: unknown, hasMore: unknown = true): unknown => ({
  items,
  hasMore,
  nextPage,
});
const ids = (...names: readonly string[]) => names.map((id) => ({ id }));

describe('a walk ends', () => {
  /** Case, pages, number of pages. */
  const rows: readonly (readonly [string, Pages, number])[] = [
    ['hasMore is false', { '': page(ids('a'), 'x', false) }, 1],
    ['the cursor is null', { '': page(ids('a'), null) }, 1],
    ['the cursor is missing', { '': page(ids('a')) }, 1],
    ['the cursor is empty', { '': page(ids('a'), '') }, 1],
    ['the list is empty', { '': page([], null, false) }, 1],
    [
      'hasMore is false on the last page',
      { '': page(ids('a'), 'x'), x: page(ids('b'), null, false) },
      2,
    ],
    ['hasMore is missing', { '': { items: ids('a'), nextPage: 'x' }, x: { items: [] } }, 2],
  ];
  test.each(rows)('when %s', async (_because, pages, count) => {
    expect(await walked(pages)).toHaveLength(count);
  });
});

describe('a walk fails', () => {
  /** Case, pages, message. */
  const rows: readonly (readonly [string, Pages, string])[] = [
    ['the page is null', { '': null }, 'a page without items'],
    ['the page is an array', { '': [] }, 'a page without items'],
    ['items is not an array', { '': { items: {} } }, 'a page without items'],
    ['an item is null', { '': page([null]) }, 'an item that is not an object'],
    [
      'a later page is not an object',
      { '': page(ids('a'), 'x'), x: 'oops' },
      'a page without items',
    ],
    [
      'a deletion date is not a date, so the item may be live',
      { '': page([{ id: 'a' }, { id: 'b', dtDeleted: {} }]) },
      'malformed JSON: items[1].dtDeleted is an object, not a date or null',
    ],
    [
      'hasMore is text',
      { '': page(ids('a'), 'x', 'false') },
      'a page whose hasMore is not true or false',
    ],
    ['a cursor is not text', { '': page(ids('a'), { after: 1 }) }, 'a cursor that is not text'],
    [
      'a cursor leads to itself',
      { '': page(ids('a'), 'x'), x: page(ids('b'), 'x') },
      'a cursor that it gave before: the pages go in circles',
    ],
    [
      'cursors lead in a circle',
      { '': page(ids('a'), 'x'), x: page(ids('b'), 'y'), y: page(ids('c'), 'x') },
      'a cursor that it gave before: the pages go in circles',
    ],
    [
      'new cursors bring no items',
      { '': page([], 'x'), x: page([], 'y'), y: page(ids('a'), null) },
      '2 pages in a row without a new item',
    ],
  ];
  test.each(rows)('when %s', async (_because, pages, message) => {
    await expect(walked(pages)).rejects.toThrow(message);
  });

  test('when new cursors always bring the same items', async () => {
    let asked = 0;
    const fetchPage = (): Promise<unknown> => Promise.resolve(page(ids('a'), `c${(asked += 1)}`));
    const endless = Array.fromAsync(walk(fetchPage, (what) => new Error(what)));
    await expect(endless).rejects.toThrow('2 pages in a row without a new item');
    expect(asked).toBe(4);
  });
});

describe('items', () => {
  /** Case, items of one page, the items that the walk yields. */
  const rows: readonly (readonly [string, readonly object[], readonly object[]])[] = [
    ['an id occurs once', [{ id: 1 }, { id: 2 }, { id: 1 }], [{ id: 1 }, { id: 2 }]],
    ['1 is not "1"', [{ id: 1 }, { id: '1' }], [{ id: 1 }, { id: '1' }]],
    [
      'an address is an identity',
      [{ ip: 'a' }, { ip: 'b' }, { ip: 'a' }],
      [{ ip: 'a' }, { ip: 'b' }],
    ],
    [
      'a user is an identity',
      [{ user: { id: 'u' } }, { user: { id: 'v' } }, { user: { id: 'u' } }],
      [{ user: { id: 'u' } }, { user: { id: 'v' } }],
    ],
    ['a version is an identity', [{ version: 'v1' }, { version: 'v1' }], [{ version: 'v1' }]],
    [
      'a name is an identity',
      [{ name: 'A' }, { name: 'A' }, { name: 'B' }],
      [{ name: 'A' }, { name: 'B' }],
    ],
    [
      'a name is not an identity if there is an id',
      [
        { id: 1, name: 'A' },
        { id: 2, name: 'A' },
      ],
      [
        { id: 1, name: 'A' },
        { id: 2, name: 'A' },
      ],
    ],
    [
      'all items without an identity remain',
      [{ user: null }, { user: null }],
      [{ user: null }, { user: null }],
    ],
    [
      'deleted items are left out',
      [
        { id: 1, dtDeleted: '2026-01-01T00:00:00Z' },
        { id: 2, dtDeleted: null },
      ],
      [{ id: 2, dtDeleted: null }],
    ],
    [
      'a user who was removed and has returned is listed',
      [{ user: { id: 'u' }, dtDeleted: 'x' }, { user: { id: 'u' } }],
      [{ user: { id: 'u' } }],
    ],
  ];
  test.each(rows)('%s', async (_because, items, left) => {
    expect(await walked({ '': page(items) })).toEqual([left]);
  });

  test('are deduplicated across pages', async () => {
    const pages = {
      '': page(ids('a', 'b'), 'x'),
      x: page(ids('b', 'c'), 'y'),
      y: page(ids('c', 'a'), null),
    };
    expect(await walked(pages)).toEqual([ids('a', 'b'), ids('c'), []]);
  });

  test('may have keys with a special meaning in JavaScript', async () => {
    const items = JSON.parse(
      '[{"__proto__":{"id":"a","dtDeleted":"x"}},{"id":"a","constructor":1}]',
    ) as object[];
    expect(await walked({ '': page(items) })).toEqual([items]);
    expect(Object.hasOwn(Object.prototype, 'dtDeleted')).toBe(false);
  });

  test('occur once each and in order, even if they move between pages', async () => {
    const letters = fc.array(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 }),
      {
        minLength: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(letters, async (lists) => {
        const pages = Object.fromEntries(
          lists.map((list, i) => [
            i ? `c${i}` : '',
            page([...ids(...list), { id: i }], lists[i + 1] && `c${i + 1}`),
          ]),
        );
        const found = (await walked(pages)).flat().map((item) => (item as { id: unknown }).id);
        const expected = [...new Set(lists.flatMap((list, i) => [...list, i]))];
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe('the next page', () => {
  test('is requested, and no other, while the consumer handles this one', async () => {
    const asked: (string | undefined)[] = [];
    const pages: Pages = {
      '': page(ids('a'), 'x'),
      x: page(ids('b'), 'y'),
      y: page(ids('c'), null),
    };
    const pending = walk(
      (after) => {
        asked.push(after);
        return Promise.resolve(pages[after ?? '']);
      },
      (what) => new Error(what),
    );
    expect(asked).toEqual([]);
    await pending.next();
    expect(asked).toEqual([undefined, 'x']);
    await pending.next();
    expect(asked).toEqual([undefined, 'x', 'y']);
    await pending.next();
    expect(await pending.next()).toEqual({ done: true, value: undefined });
    expect(asked).toEqual([undefined, 'x', 'y']);
  });

  test('is aborted when the consumer stops', async () => {
    const signals: AbortSignal[] = [];
    const fetchPage = (after: string | undefined, signal: AbortSignal): Promise<unknown> => {
      signals.push(signal);
      return after === undefined
        ? Promise.resolve(page(ids('a'), 'x'))
        : new Promise(() => undefined);
    };
    for await (const items of walk(fetchPage, (what) => new Error(what))) {
      expect(items).toEqual(ids('a'));
      expect(signals[1]?.aborted).toBe(false);
      break;
    }
    expect(signals[1]?.aborted).toBe(true);
  });

  test('is not requested by a walk that was stopped before it began', async () => {
    const wanted: boolean[] = [];
    const fetchPage = (_after: string | undefined, { aborted }: AbortSignal): Promise<unknown> => {
      wanted.push(!aborted);
      return Promise.resolve(page([]));
    };
    await Array.fromAsync(walk(fetchPage, (what) => new Error(what), AbortSignal.abort()));
    expect(wanted).toEqual([false]);
  });

  test('does not affect the previous page if it fails', async () => {
    const fetchPage = (after?: string): Promise<unknown> =>
      after === undefined
        ? Promise.resolve(page(ids('a'), 'x'))
        : Promise.reject(new Error('lost'));
    const pages: unknown[] = [];
    const all = async (): Promise<void> => {
      for await (const items of walk(fetchPage, (what) => new Error(what))) pages.push(items);
    };
    await expect(all()).rejects.toThrow('lost');
    expect(pages).toEqual([ids('a')]);
  });
});

describe('an endless list ends', () => {
  /** Case, items of the nth page (from 1), message, number of requested pages. */
  const rows: readonly (readonly [string, (nth: number) => readonly unknown[], string, number])[] =
    [
      ['each page contains one new item', (nth) => ids(`${nth}`), 'more than 8 pages', 8],
      ['each page contains many new items', (nth) => ids(...many(nth)), 'more than 30 items', 5],
      ['all items are deleted', (nth) => deleted(...many(nth)), 'more than 30 items', 5],
      ['items have no identity', (nth) => many(nth).map((x) => ({ x })), '30 items', 5],
    ];
  const many = (nth: number): readonly string[] =>
    Array.from({ length: 10 }, (_, i) => `${nth}-${i}`);
  const deleted = (...names: readonly string[]) =>
    names.map((id) => ({ id, dtDeleted: '2026-01-01T00:00:00Z' }));

  test.each(rows)('when %s', async (_because, items, says, pages) => {
    let asked = 0;
    const body = () => page(items((asked += 1)), `cursor ${asked}`);
    const endless = walk(
      () => Promise.resolve(body()),
      (what) => new Error(what),
      undefined,
      { pages: 8, items: 30 },
    );
    await expect(Array.fromAsync(endless)).rejects.toThrow(says);
    expect(asked).toBe(pages);
  });

  test('by default beyond the size of the largest team', async () => {
    let asked = 0;
    const body = () => page(ids(`${(asked += 1)}`), `cursor ${asked}`);
    const endless = walk(
      () => Promise.resolve(body()),
      (what) => new Error(what),
    );
    await expect(Array.fromAsync(endless)).rejects.toThrow('more than 10000 pages');
    expect(asked).toBe(10_000);
  });
});
