import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPage, walk as walkPages, type Bounds, type Malformed } from '../../src/api/paging.ts';

/** A walk over bodies as they come, items untranslated. */
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

/** A list whose first page is `''`. */
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
  /** Because, pages, number of pages. */
  const rows: readonly (readonly [string, Pages, number])[] = [
    ['hasMore is false', { '': page(ids('a'), 'x', false) }, 1],
    ['the cursor is null', { '': page(ids('a'), null) }, 1],
    ['the cursor is missing', { '': page(ids('a')) }, 1],
    ['the cursor is empty', { '': page(ids('a'), '') }, 1],
    ['there is nothing', { '': page([], null, false) }, 1],
    ['the last page says so', { '': page(ids('a'), 'x'), x: page(ids('b'), null, false) }, 2],
    ['nobody speaks of more', { '': { items: ids('a'), nextPage: 'x' }, x: { items: [] } }, 2],
  ];
  test.each(rows)('when %s', async (_because, pages, count) => {
    expect(await walked(pages)).toHaveLength(count);
  });
});

describe('a walk fails', () => {
  /** Because, pages, message. */
  const rows: readonly (readonly [string, Pages, string])[] = [
    ['null is no list', { '': null }, 'a page without items'],
    ['an array is no page', { '': [] }, 'a page without items'],
    ['items is no array', { '': { items: {} } }, 'a page without items'],
    ['an item is null', { '': page([null]) }, 'an item that is no object'],
    ['a later page is none', { '': page(ids('a'), 'x'), x: 'oops' }, 'a page without items'],
    [
      'a deletion is no date, so that it cannot be told from a live item',
      { '': page([{ id: 'a' }, { id: 'b', dtDeleted: {} }]) },
      'malformed JSON: items[1].dtDeleted is an object, not a date or null',
    ],
    [
      'more is said in words',
      { '': page(ids('a'), 'x', 'false') },
      'a page whose hasMore is not true or false',
    ],
    ['a cursor is no text', { '': page(ids('a'), { after: 1 }) }, 'a cursor that is no text'],
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
      'cursors go on without items',
      { '': page([], 'x'), x: page([], 'y'), y: page(ids('a'), null) },
      '2 pages in a row without a new item',
    ],
  ];
  test.each(rows)('when %s', async (_because, pages, message) => {
    await expect(walked(pages)).rejects.toThrow(message);
  });

  test('when new cursors bring the same items for ever, without asking for ever', async () => {
    let asked = 0;
    const fetchPage = (): Promise<unknown> => Promise.resolve(page(ids('a'), `c${(asked += 1)}`));
    const endless = Array.fromAsync(walk(fetchPage, (what) => new Error(what)));
    await expect(endless).rejects.toThrow('2 pages in a row without a new item');
    expect(asked).toBe(4);
  });
});

describe('items', () => {
  /** Because, items of one page, what is left. */
  const rows: readonly (readonly [string, readonly object[], readonly object[]])[] = [
    ['an id comes once', [{ id: 1 }, { id: 2 }, { id: 1 }], [{ id: 1 }, { id: 2 }]],
    ['1 is not "1"', [{ id: 1 }, { id: '1' }], [{ id: 1 }, { id: '1' }]],
    [
      'an address is an identity',
      [{ ip: 'a' }, { ip: 'b' }, { ip: 'a' }],
      [{ ip: 'a' }, { ip: 'b' }],
    ],
    [
      'a user is one',
      [{ user: { id: 'u' } }, { user: { id: 'v' } }, { user: { id: 'u' } }],
      [{ user: { id: 'u' } }, { user: { id: 'v' } }],
    ],
    ['a version is one', [{ version: 'v1' }, { version: 'v1' }], [{ version: 'v1' }]],
    [
      'a name is one',
      [{ name: 'A' }, { name: 'A' }, { name: 'B' }],
      [{ name: 'A' }, { name: 'B' }],
    ],
    [
      'a name is none beside an id',
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
      'without an identity all stay',
      [{ user: null }, { user: null }],
      [{ user: null }, { user: null }],
    ],
    [
      'deleted ones go',
      [
        { id: 1, dtDeleted: '2026-01-01T00:00:00Z' },
        { id: 2, dtDeleted: null },
      ],
      [{ id: 2, dtDeleted: null }],
    ],
    [
      'who was removed and is back is there',
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

  test('may have keys that mean something to JavaScript', async () => {
    const items = JSON.parse(
      '[{"__proto__":{"id":"a","dtDeleted":"x"}},{"id":"a","constructor":1}]',
    ) as object[];
    expect(await walked({ '': page(items) })).toEqual([items]);
    expect(Object.hasOwn(Object.prototype, 'dtDeleted')).toBe(false);
  });

  test('come once each and in order, however they move between pages', async () => {
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
  test('is on its way while the consumer works on this one, and no other', async () => {
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

  test('is cut off when the consumer stops', async () => {
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

  test('is not wanted by a walk that was stopped before it began', async () => {
    const wanted: boolean[] = [];
    const fetchPage = (_after: string | undefined, { aborted }: AbortSignal): Promise<unknown> => {
      wanted.push(!aborted);
      return Promise.resolve(page([]));
    };
    await Array.fromAsync(walk(fetchPage, (what) => new Error(what), AbortSignal.abort()));
    expect(wanted).toEqual([false]);
  });

  test('that fails takes nothing from the page before it', async () => {
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

describe('a list without end ends', () => {
  /** Because, items of the nth page (from 1), what is wrong, pages that were asked for. */
  const rows: readonly (readonly [string, (nth: number) => readonly unknown[], string, number])[] =
    [
      ['each page brings but one item', (nth) => ids(`${nth}`), 'more than 8 pages', 8],
      ['each page brings many', (nth) => ids(...many(nth)), 'more than 30 items', 5],
      ['all that comes is deleted', (nth) => deleted(...many(nth)), 'more than 30 items', 5],
      ['items have nothing to tell them by', (nth) => many(nth).map((x) => ({ x })), '30 items', 5],
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

  test('by default after more than the largest team has', async () => {
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
