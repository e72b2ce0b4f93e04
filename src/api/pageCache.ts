import { hash } from 'node:crypto';
import type { Json } from '../model/api.ts';
import { parseJson } from './transport/json.ts';
import { readPage, type Malformed, type Page } from './paging.ts';

/** Makes of an item what is wanted of it. */
export type Read<Value> = (item: Json) => Value | undefined;

/** The pages of one walk, by the cursor that led to them. */
type Pages<Value> = Map<string | undefined, KnownPage<Value>>;

/** A page that was read, and the digest of its bytes; the bytes themselves may hold secrets, and are not kept. */
interface KnownPage<Value> {
  readonly digest: string;
  readonly page: Page<Value>;
}

/** One walk over the pages of a list. */
interface KnownWalk<Value> {
  /** The page after a cursor. `fetch` brings it as `parse` reads it; where the bytes are known, the page is the known one. */
  page(
    after: string | undefined,
    fetch: (parse: (bytes: Uint8Array) => unknown) => Promise<unknown>,
    malformed: Malformed,
  ): Promise<Page<Value>>;
  /** From now on the pages of this walk are the known ones, and no others. */
  ended(): void;
}

/**
 * What the last walk of each list was read as. It is kept with the function that read it: of one made for a single walk
 * nothing stays, and one that a program has for good must be used on few lists.
 */
export function createKnown(): {
  walk<Value>(list: string, read: Read<Value>): KnownWalk<Value>;
} {
  const known = new WeakMap<object, Map<string, unknown>>();
  return {
    walk<Value>(list: string, read: Read<Value>): KnownWalk<Value> {
      // What is kept with a reader was read by it.
      const lists = (known.get(read) ?? new Map()) as Map<string, Pages<Value>>;
      known.set(read, lists);
      const before = lists.get(list);
      const now: Pages<Value> = new Map();
      return {
        async page(after, fetch, malformed) {
          const last = before?.get(after);
          let digest = '';
          const body = await fetch((bytes) => {
            digest = hash('sha256', bytes);
            return last?.digest === digest ? undefined : parseJson(bytes);
          });
          const page = last?.digest === digest ? last.page : readPage(body, malformed, read);
          if (page.entries.every(({ text }) => text === undefined))
            now.set(after, { digest, page });
          return page;
        },
        ended: () => void lists.set(list, now),
      };
    },
  };
}
