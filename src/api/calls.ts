import { ApiError, isRejected, type Api, type Query, type Reader } from '../model/api.ts';
import { createPageCache, type Read } from './pageCache.ts';
import { malformedIn, readPage, walk, type FetchPage } from './paging.ts';
import { checkPath, isWrite, type Method, type Request } from './requests/request.ts';

/** The API's largest page, and an order in which a walk does not miss items that are created meanwhile (FACTS 5.2). */
const walkQuery: Query = { limit: 120, order: 'asc' };

type Content = Omit<Request, 'method' | 'path'>;

/**
 * Creates the calls of `Api` over a function that sends one request. `key` returns the API key in use; aborting
 * `closing` ends reads.
 */
export const createCalls = (
  send: (request: Request) => Promise<unknown>,
  key: () => string,
  closing: AbortSignal,
): Api => callsOver({ send, closing, cache: createPageCache(), answers: createAnswers(key) });

/** The state that all views of one client share. */
interface Shared {
  readonly send: (request: Request) => Promise<unknown>;
  readonly closing: AbortSignal;
  readonly cache: ReturnType<typeof createPageCache>;
  readonly answers: Answers;
}

/** How a view of the client sends requests. */
interface View {
  /** Of its writes. */
  readonly write: Pick<Request, 'observer'>;
  /** Of its reads. */
  readonly read: Pick<Request, 'background'>;
}

function callsOver(shared: Shared, view: View = { write: {}, read: {} }): Api {
  const { send, closing, cache, answers } = shared;
  const { write } = view;
  const call = async <Value>(
    method: Method,
    path: string,
    content: Content,
    read: Reader<Value>,
  ): Promise<Value> => {
    const body = await send({ method, path: checkPath(path), ...content });
    return checked(body, read, { method, path });
  };
  async function* list<Value>(path: string, query: Query, read: Read<Value>) {
    const pages = cache.walk(cacheKey(path, query), read);
    const fail = malformed(path);
    const fetchPage: FetchPage<Value> = (after, signal) => {
      const page = { ...walkQuery, ...query, ...(after !== undefined && { after }) };
      const content = { query: page, signal, ...view.read };
      return read === unread
        ? call('GET', path, content, unread).then((body) => readPage(body, fail, read))
        : pages.page(after, (parse) => call('GET', path, { ...content, parse }, unread), fail);
    };
    try {
      yield* walk(fetchPage, fail, closing);
    } finally {
      pages.ended();
    }
  }
  const get = <Value>(path: string, query: Query, read: Reader<Value>): Promise<Value> =>
    call('GET', path, { query, signal: closing, ...view.read }, read);
  return {
    list: <Value>(path: string, query: Query = {}, read: Read<Value> = unread) =>
      list(path, defined(query), read),
    get: <Value>(path: string, query: Query = {}, read: Reader<Value> = unread) =>
      get(path, query, read),
    getOnce: (path, read) => answers.of(path, () => get(path, {}, read)),
    post: <Value>(path: string, json?: object, read: Reader<Value> = unread) =>
      call('POST', path, json ? { json, ...write } : write, read),
    put: <Value>(path: string, json: object, read: Reader<Value> = unread) =>
      call('PUT', path, { json, ...write }, read),
    patch: <Value>(path: string, json: object, read: Reader<Value> = unread) =>
      call('PATCH', path, { json, ...write }, read),
    remove: <Value>(path: string, query: Query = {}, read: Reader<Value> = unread) =>
      call('DELETE', path, { query, ...write }, unlessNull(read)).catch(nullIfGone),
    withObserver: (observer) => callsOver(shared, { ...view, write: { observer } }),
    inBackground: () => callsOver(shared, { ...view, read: { background: true } }),
  };
}

/** Answers that depend on the API key alone. */
interface Answers {
  of<Value>(path: string, request: () => Promise<Value>): Promise<Value>;
}

function createAnswers(key: () => string): Answers {
  let ofKey = key();
  const answers = new Map<string, Promise<unknown>>();
  return {
    of<Value>(path: string, request: () => Promise<Value>): Promise<Value> {
      // A key that was replaced may belong to another team.
      if (ofKey !== key()) answers.clear();
      ofKey = key();
      const answer = (answers.get(path) ?? request()) as Promise<Value>;
      answers.set(path, answer);
      const forget = (): void => {
        if (answers.get(path) === answer) answers.delete(path);
      };
      answer.then((value) => value === null && forget(), forget);
      return answer;
    },
  };
}

/**
 * The reader for callers that pass none: returns an item or a body unchanged. Its items may hold anything, so their
 * pages are never cached, and `Api` types them as unknown. `never` lets it stand in for a reader of any type.
 */
const unread = ((value: unknown) => value) as Reader<never>;

const unlessNull =
  <Value>(read: Reader<Value>): Reader<Value | null> =>
  (body) =>
    body === null ? null : read(body);

/** Applies a reader to a body. Any error that it throws is a fault of the answer. */
function checked<Value>(body: unknown, read: Reader<Value>, { method, path }: Endpoint): Value {
  try {
    return read(body);
  } catch (cause) {
    throw new ApiError(`${method} ${path} answered ${malformedIn(cause)}`, {
      verdict: isWrite({ method }) ? 'uncertain' : 'unavailable',
      cause,
    });
  }
}

type Endpoint = Pick<Request, 'method' | 'path'>;

const cacheKey = (path: string, query: Query): string => `${path}?${JSON.stringify(query)}`;

/** Treats a 404 of the API itself as success: the resource is already deleted (FACTS 5.3). */
function nullIfGone(error: unknown): null {
  if (isRejected(error, 404)) return null;
  throw error;
}

/** A list that cannot be walked is `unavailable`: the API rejected nothing, and the next walk may succeed. */
const malformed =
  (path: string) =>
  (problem: string, cause?: unknown): ApiError =>
    new ApiError(`GET ${path} answered ${problem}`, { verdict: 'unavailable', cause });

const defined = (query: Query): Query =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
