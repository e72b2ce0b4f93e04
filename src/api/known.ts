import { hash } from 'node:crypto';
import { parseJson, type Json } from './json.ts';
import { readPage, type Malformed, type Page } from './paging.ts';

/** Makes of an item what is wanted of it. */
export type Read = (item: Json) => unknown;

/** The pages of one walk, by the cursor that led to them. */
type Pages = Map<string | undefined, KnownPage>;

/** A page that was read, and the digest of its bytes; the bytes themselves may hold secrets, and are not kept. */
interface KnownPage {
  readonly digest: string;
  readonly page: Page<unknown>;
}

/** One walk over the pages of a list. */
interface KnownWalk {
  /** The page after a cursor. `fetch` brings it as `parse` reads it; where the bytes are known, the page is the known one. */
  page(
    after: string | undefined,
    fetch: (parse: (bytes: Uint8Array) => unknown) => Promise<unknown>,
    malformed: Malformed,
  ): Promise<Page<unknown>>;
  /** From now on the pages of this walk are the known ones, and no others. */
  ended(): void;
}

/**
 * What the last walk of each list was read as. It is kept with the function that read it: of one made for a single walk
 * nothing stays, and one that a program has for good must be used on few lists.
 */
export function createKnown(): { walk(list: string, read: Read): KnownWalk } {
  const known = new WeakMap<Read, Map<string, Pages>>();
  return {
    walk(list, read) {
      const lists = known.get(read) ?? new Map<string, Pages>();
      known.set(read, lists);
      const before = lists.get(list);
      const now: Pages = new Map();
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
