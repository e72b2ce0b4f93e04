import { follow } from './follow.ts';
import { isObject, type Json } from './json.ts';

/** Asks for the page after a cursor, the first one without. */
export type FetchPage = (after: string | undefined, signal: AbortSignal) => Promise<unknown>;

/** Makes the error of a walk that cannot end well, from what is wrong with it. */
export type Malformed = (what: string) => Error;

/** Pages in a row that may bring nothing new: an item that moved between pages may leave one. */
const staleLimit = 2;

/**
 * The items of all pages, page by page, without what was there before and what is deleted (FACTS 5.2). While the consumer
 * works on a page, the next one, and no more, is on its way; when the consumer stops, that one is cut off. A walk whose
 * pages lead in circles, or on and on, ends with an error.
 */
export async function* walk(
  fetchPage: FetchPage,
  malformed: Malformed,
  stop?: AbortSignal,
): AsyncGenerator<readonly Json[], void, void> {
  using scope = follow(stop);
  const progress = createProgress(malformed);
  let next: Promise<unknown> | undefined = fetchPage(undefined, scope.signal);
  try {
    while (next) {
      const page = readPage(await next, malformed);
      const after = progress.follow(page.after);
      next = after === undefined ? undefined : fetchPage(after, scope.signal);
      // Awaited at the next turn, or never when the consumer stops: either way it is nobody's unhandled rejection.
      next?.catch(() => undefined);
      yield progress.take(page);
    }
  } finally {
    scope.abort();
  }
}

interface Page {
  readonly items: readonly Json[];
  /** The cursor of the next page; undefined at the end. */
  readonly after: string | undefined;
}

/** The envelope `{hasMore, nextPage?, items}`; the walk ends with `hasMore` false or without a cursor (FACTS 5.2). */
function readPage(body: unknown, malformed: Malformed): Page {
  const { items, hasMore, nextPage } = isObject(body) ? body : {};
  if (!Array.isArray(items)) throw malformed('a page without items');
  if (!items.every(isObject)) throw malformed('an item that is no object');
  const after = hasMore === false ? undefined : nextPage || undefined;
  if (after !== undefined && typeof after !== 'string') throw malformed('a cursor that is no text');
  return { items, after };
}

/** What a walk has seen so far. */
function createProgress(malformed: Malformed) {
  const [live, deleted, cursors] = [new Set<unknown>(), new Set<unknown>(), new Set<string>()];
  let stale = 0;
  return {
    /** The cursor itself, unless it would lead back. */
    follow(after: string | undefined): string | undefined {
      if (after === undefined) return after;
      if (cursors.has(after))
        throw malformed('a cursor that it gave before: the pages go in circles');
      cursors.add(after);
      return after;
    },
    /** The items of the page that are new and not deleted. */
    take({ items, after }: Page): readonly Json[] {
      const before = live.size + deleted.size;
      const fresh = items.filter((item) =>
        item['dtDeleted'] ? void isNew(deleted, item) : isNew(live, item),
      );
      stale = live.size + deleted.size > before ? 0 : stale + 1;
      if (after !== undefined && stale >= staleLimit)
        throw malformed(`${stale} pages in a row without a new item`);
      return fresh;
    },
  };
}

/**
 * Live and deleted items are told apart first: a user who was removed and is back has two entries. Items without an identity
 * are all new; their text only tells whether the walk gets anywhere.
 */
function isNew(seen: Set<unknown>, item: Json): boolean {
  const identity = identityOf(item);
  const known = identity !== undefined && seen.has(identity);
  if (!known) seen.add(identity ?? JSON.stringify(item));
  return !known;
}

/** What tells items of a list apart: an address, a user, a version or a name where there is no id (FACTS 2). */
function identityOf({ id, ip, user, version, name }: Json): unknown {
  const member = isObject(user) ? user['id'] : undefined;
  return id ?? ip ?? member ?? version ?? name ?? undefined;
}
