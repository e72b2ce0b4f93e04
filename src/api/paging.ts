import { linkedAbort } from './linkedAbort.ts';
import { isDeleted, MalformedAnswer, type Json } from '../model/api.ts';
import { isObject } from './transport/json.ts';

/** Requests the page after a cursor; without a cursor, the first one. */
export type FetchPage<Read> = (
  after: string | undefined,
  signal: AbortSignal,
) => Promise<Page<Read>>;

/** Creates the error of a walk that must end, from a description of what is wrong. */
export type Malformed = (problem: string, cause?: unknown) => Error;

/**
 * The number of successive pages without a new item that ends a walk. One is possible if an item moved between pages.
 */
const staleLimit = 2;

/** The greatest number of pages and items of one list. An endless list ends there. */
export interface Bounds {
  readonly pages: number;
  readonly items: number;
}

/** Ten times the largest team that was ever measured. */
const defaultBounds: Bounds = { pages: 10_000, items: 1_000_000 };

/** One shared error: to create one, with its stack, takes longer than a page. */
const walkEnded = new Error('the walk has ended');

/**
 * Yields the items of all pages, page by page, without repeated and deleted ones (FACTS 5.2). While the consumer
 * handles a page, only the next one is requested; if the consumer stops, that request is aborted. Throws if the pages
 * form a circle or never end.
 */
export async function* walk<Read>(
  fetchPage: FetchPage<Read>,
  malformed: Malformed,
  stop?: AbortSignal,
  bounds: Bounds = defaultBounds,
): AsyncGenerator<readonly Read[], void, void> {
  using scope = linkedAbort(stop);
  const progress = createProgress(malformed, bounds);
  let next: Promise<Page<Read>> | undefined = fetchPage(undefined, scope.signal);
  try {
    while (next) {
      const page = await next;
      const after = progress.follow(page.after);
      next = after === undefined ? undefined : fetchPage(after, scope.signal);
      // Awaited in the next iteration, or never if the consumer stops. It must not become an unhandled rejection then.
      next?.catch(() => undefined);
      yield progress.take(page);
    }
  } finally {
    scope.abort(walkEnded);
  }
}

/** A page after its items were read. */
export interface Page<Read> {
  readonly entries: readonly Entry<Read>[];
  /** The values of the items that are not deleted. */
  readonly items: readonly Read[];
  /** The cursor of the next page; undefined at the end. */
  readonly after: string | undefined;
}

/** An item of a page: its identity and its value. */
interface Entry<Read> {
  readonly identity: unknown;
  /** The JSON text of an item without an identity, which only shows whether a walk makes progress. */
  readonly text: string | undefined;
  readonly deleted: boolean;
  readonly read: Read | undefined;
}

/**
 * Reads the envelope `{hasMore, nextPage?, items}`. The walk ends with `hasMore` false or without a cursor (FACTS 5.2).
 */
export function readPage<Read>(
  body: unknown,
  malformed: Malformed,
  read: (item: Json) => Read | undefined,
): Page<Read> {
  const { items, hasMore = true, nextPage } = isObject(body) ? body : {};
  if (!Array.isArray(items)) throw malformed('a page without items');
  if (!items.every(isObject)) throw malformed('an item that is not an object');
  if (typeof hasMore !== 'boolean') throw malformed('a page whose hasMore is not true or false');
  const cursor = hasMore ? (nextPage ?? '') : '';
  if (typeof cursor !== 'string') throw malformed('a cursor that is not text');
  const entries = items.map((item, index) => readEntry(item, index, malformed, read));
  return { entries, items: readOf(entries), after: cursor || undefined };
}

/** Reads an item. Whatever the reader throws makes the list malformed, and has no other effect. */
function readEntry<Read>(
  item: Json,
  index: number,
  malformed: Malformed,
  read: (item: Json) => Read | undefined,
): Entry<Read> {
  try {
    return entryOf(item, read);
  } catch (cause) {
    throw malformed(malformedIn(cause, `items[${index}]`), cause);
  }
}

/** Describes the error that a reader threw. Only a `MalformedAnswer` names a field. */
export const malformedIn = (cause: unknown, path?: string): string =>
  cause instanceof MalformedAnswer
    ? `malformed JSON: ${(path === undefined ? cause : cause.under(path)).message}`
    : `malformed JSON${path === undefined ? '' : `: ${path} cannot be read`}`;

function entryOf<Read>(item: Json, read: (item: Json) => Read | undefined): Entry<Read> {
  const identity = identityOf(item);
  const deleted = isDeleted(item);
  return {
    identity,
    text: identity === undefined ? JSON.stringify(item) : undefined,
    deleted,
    read: deleted ? undefined : read(item),
  };
}

const readOf = <Read>(entries: readonly Entry<Read>[]): readonly Read[] =>
  entries.map(({ read }) => read).filter((read) => read !== undefined);

/** Tracks what a walk has seen so far. */
function createProgress(malformed: Malformed, bounds: Bounds) {
  const [live, deleted, cursors] = [new Set<unknown>(), new Set<unknown>(), new Set<string>()];
  let stale = 0;
  return {
    /** Returns the cursor; throws if it leads to a page that the walk has already read. */
    follow(after: string | undefined): string | undefined {
      if (after === undefined) return after;
      if (cursors.has(after))
        throw malformed('a cursor that it gave before: the pages go in circles');
      cursors.add(after);
      if (cursors.size >= bounds.pages) throw malformed(`more than ${bounds.pages} pages`);
      return after;
    },
    /** Returns the items of the page that are new and not deleted; if all are new, the page's own array. */
    take<Read>({ entries, items, after }: Page<Read>): readonly Read[] {
      const before = live.size + deleted.size;
      const fresh = entries.filter((entry) => isNew(entry.deleted ? deleted : live, entry));
      if (live.size + deleted.size > bounds.items)
        throw malformed(`more than ${bounds.items} items`);
      stale = live.size + deleted.size > before ? 0 : stale + 1;
      if (after !== undefined && stale >= staleLimit)
        throw malformed(`${stale} pages in a row without a new item`);
      return fresh.length === entries.length ? items : readOf(fresh);
    },
  };
}

/**
 * Whether an item is new. Live and deleted items are tracked apart, since a user who was removed and has returned has
 * two entries. An item without an identity is always new; its text only shows whether the walk makes progress.
 */
function isNew(seen: Set<unknown>, { identity, text }: Entry<unknown>): boolean {
  const isSeen = identity !== undefined && seen.has(identity);
  if (!isSeen) seen.add(identity ?? text);
  return !isSeen;
}

/** The identity of an item: its id, or else an address, a user, a version, or a name (FACTS 2). */
function identityOf({ id, ip, user, version, name }: Json): unknown {
  const member = isObject(user) ? user['id'] : undefined;
  return id ?? ip ?? member ?? version ?? name ?? undefined;
}
