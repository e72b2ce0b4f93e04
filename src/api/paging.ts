import { follow } from './linkedAbort.ts';
import { isDeleted, MalformedAnswer, type Json } from '../model/api.ts';
import { isObject } from './transport/json.ts';

/** Asks for the page after a cursor, the first one without. */
export type FetchPage<Read> = (
  after: string | undefined,
  signal: AbortSignal,
) => Promise<Page<Read>>;

/** Makes the error of a walk that cannot end well, from what is wrong with it. */
export type Malformed = (what: string, cause?: unknown) => Error;

/** Pages in a row that may bring nothing new: an item that moved between pages may leave one. */
const staleLimit = 2;

/** The most pages and items of one list. A list without end ends there. */
export interface Bounds {
  readonly pages: number;
  readonly items: number;
}

/** Ten times the largest team that was ever measured. */
const defaultBounds: Bounds = { pages: 10_000, items: 1_000_000 };

/** One for all: making a reason, with its stack, costs more than a page. */
const walkEnded = new Error('the walk has ended');

/**
 * The items of all pages, page by page, without what was there before and what is deleted (FACTS 5.2). While the consumer
 * works on a page, the next one, and no more, is on its way; when the consumer stops, that one is cut off. A walk whose
 * pages lead in circles, or on and on, ends with an error.
 */
export async function* walk<Read>(
  fetchPage: FetchPage<Read>,
  malformed: Malformed,
  stop?: AbortSignal,
  bounds: Bounds = defaultBounds,
): AsyncGenerator<readonly Read[], void, void> {
  using scope = follow(stop);
  const progress = createProgress(malformed, bounds);
  let next: Promise<Page<Read>> | undefined = fetchPage(undefined, scope.signal);
  try {
    while (next) {
      const page = await next;
      const after = progress.follow(page.after);
      next = after === undefined ? undefined : fetchPage(after, scope.signal);
      // Awaited at the next turn, or never when the consumer stops: either way it is nobody's unhandled rejection.
      next?.catch(() => undefined);
      yield progress.take(page);
    }
  } finally {
    scope.abort(walkEnded);
  }
}

/** A page, read. */
export interface Page<Read> {
  readonly entries: readonly Entry<Read>[];
  /** What was read of all that is not deleted. */
  readonly items: readonly Read[];
  /** The cursor of the next page; undefined at the end. */
  readonly after: string | undefined;
}

/** An item of a page: what tells it from others, and what was read of it. */
interface Entry<Read> {
  readonly identity: unknown;
  /** Where there is no identity: its text, which tells only whether a walk gets anywhere. */
  readonly text: string | undefined;
  readonly deleted: boolean;
  readonly read: Read | undefined;
}

/** The envelope `{hasMore, nextPage?, items}`; the walk ends with `hasMore` false or without a cursor (FACTS 5.2). */
export function readPage<Read>(
  body: unknown,
  malformed: Malformed,
  read: (item: Json) => Read | undefined,
): Page<Read> {
  const { items, hasMore = true, nextPage } = isObject(body) ? body : {};
  if (!Array.isArray(items)) throw malformed('a page without items');
  if (!items.every(isObject)) throw malformed('an item that is no object');
  if (typeof hasMore !== 'boolean') throw malformed('a page whose hasMore is not true or false');
  const cursor = hasMore ? (nextPage ?? '') : '';
  if (typeof cursor !== 'string') throw malformed('a cursor that is no text');
  const entries = items.map((item, index) => readEntry(item, index, malformed, read));
  return { entries, items: readOf(entries), after: cursor || undefined };
}

/** An answer may be anything, and what translates an item may trip over it: then the list is of no use, and nothing else is. */
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

/** In words, what a reader threw at an answer. What it did not foresee has no field. */
export const malformedIn = (cause: unknown, at?: string): string =>
  cause instanceof MalformedAnswer
    ? `malformed JSON: ${(at === undefined ? cause : cause.under(at)).message}`
    : `malformed JSON${at === undefined ? '' : `: ${at} cannot be read`}`;

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

/** What a walk has seen so far. */
function createProgress(malformed: Malformed, bounds: Bounds) {
  const [live, deleted, cursors] = [new Set<unknown>(), new Set<unknown>(), new Set<string>()];
  let stale = 0;
  return {
    /** The cursor itself, unless it would lead back. */
    follow(after: string | undefined): string | undefined {
      if (after === undefined) return after;
      if (cursors.has(after))
        throw malformed('a cursor that it gave before: the pages go in circles');
      cursors.add(after);
      if (cursors.size >= bounds.pages) throw malformed(`more than ${bounds.pages} pages`);
      return after;
    },
    /** The items of the page that are new and not deleted; where all of them are new, the page's own array. */
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
 * Live and deleted items are told apart first: a user who was removed and is back has two entries. Items without an identity
 * are all new; their text only tells whether the walk gets anywhere.
 */
function isNew(seen: Set<unknown>, { identity, text }: Entry<unknown>): boolean {
  const known = identity !== undefined && seen.has(identity);
  if (!known) seen.add(identity ?? text);
  return !known;
}

/** What tells items of a list apart: an address, a user, a version or a name where there is no id (FACTS 2). */
function identityOf({ id, ip, user, version, name }: Json): unknown {
  const member = isObject(user) ? user['id'] : undefined;
  return id ?? ip ?? member ?? version ?? name ?? undefined;
}
