import { hash } from 'node:crypto';
import type { Json } from '../model/api.ts';
import { parseJson } from './transport/json.ts';
import { readPage, type Malformed, type Page } from './paging.ts';

/** Converts an item; undefined leaves it out. */
export type Read<Value> = (item: Json) => Value | undefined;

/** The pages of one walk, by the cursor of the request. */
type Pages<Value> = Map<string | undefined, CachedPage<Value>>;

/** A page and the digest of its bytes. The bytes may contain secrets and are not kept. */
interface CachedPage<Value> {
  readonly digest: string;
  readonly page: Page<Value>;
}

/** One walk over the pages of a list. */
interface CachedWalk<Value> {
  /**
   * Returns the page after a cursor. `fetch` requests it and passes its bytes to `parse`; if the bytes are those of the
   * cached page, the cached page is returned.
   */
  page(
    after: string | undefined,
    fetch: (parse: (bytes: Uint8Array) => unknown) => Promise<unknown>,
    malformed: Malformed,
  ): Promise<Page<Value>>;
  /** Makes the pages of this walk the cached ones, in place of all earlier ones. */
  ended(): void;
}

/**
 * Creates a cache of the last walk of each list. It is keyed by the reader: the cache of a reader that was created for
 * a single walk is garbage-collected with it, and a permanent reader must be used for few lists only.
 */
export function createPageCache(): {
  walk<Value>(list: string, read: Read<Value>): CachedWalk<Value>;
} {
  const cache = new WeakMap<object, Map<string, unknown>>();
  return {
    walk<Value>(list: string, read: Read<Value>): CachedWalk<Value> {
      // A reader's entry contains only pages that it read.
      const lists = (cache.get(read) ?? new Map()) as Map<string, Pages<Value>>;
      cache.set(read, lists);
      const previous = lists.get(list);
      const current: Pages<Value> = new Map();
      return {
        async page(after, fetch, malformed) {
          const cached = previous?.get(after);
          let digest = '';
          const body = await fetch((bytes) => {
            digest = hash('sha256', bytes);
            return cached?.digest === digest ? undefined : parseJson(bytes);
          });
          const page = cached?.digest === digest ? cached.page : readPage(body, malformed, read);
          if (page.entries.every(({ text }) => text === undefined))
            current.set(after, { digest, page });
          return page;
        },
        ended: () => void lists.set(list, current),
      };
    },
  };
}
