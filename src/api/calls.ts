import {
  ApiError,
  isRejected,
  type Api,
  type Query,
  type Reader,
  type WriteObserver,
} from '../model/api.ts';
import { createKnown, type Read } from './pageCache.ts';
import { malformedIn, readPage, walk, type FetchPage } from './paging.ts';
import { checkPath, isWrite, type Method, type Request } from './requests/request.ts';

/** The most items that the API puts on a page, and an order in which a walk does not lose what is created meanwhile (FACTS 5.2). */
const walkQuery: Query = { limit: 120, order: 'asc' };

type Content = Omit<Request, 'method' | 'path'>;

/** The calls of `Api`, over something that sends one request. Reads end when `closing` is aborted. */
export const createCalls = (
  send: (request: Request) => Promise<unknown>,
  closing: AbortSignal,
): Api => callsOver({ send, closing, known: createKnown() });

/** What all views of one client share. */
interface Shared {
  readonly send: (request: Request) => Promise<unknown>;
  readonly closing: AbortSignal;
  readonly known: ReturnType<typeof createKnown>;
}

function callsOver(shared: Shared, observer?: WriteObserver): Api {
  const { send, closing, known } = shared;
  const write = observer ? { observer } : {};
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
    const pages = known.walk(addressed(path, query), read);
    const fail = malformed(path);
    const fetchPage: FetchPage<Value> = (after, signal) => {
      const page = { ...walkQuery, ...query, ...(after !== undefined && { after }) };
      const content = { query: page, signal };
      return read === asItIs
        ? call('GET', path, content, asItIs).then((body) => readPage(body, fail, read))
        : pages.page(after, (parse) => call('GET', path, { ...content, parse }, asItIs), fail);
    };
    try {
      yield* walk(fetchPage, fail, closing);
    } finally {
      pages.ended();
    }
  }
  return {
    list: <Value>(path: string, query: Query = {}, read: Read<Value> = asItIs) =>
      list(path, defined(query), read),
    get: <Value>(path: string, query: Query = {}, read: Reader<Value> = asItIs) =>
      call('GET', path, { query, signal: closing }, read),
    post: <Value>(path: string, json?: object, read: Reader<Value> = asItIs) =>
      call('POST', path, json ? { json, ...write } : write, read),
    put: <Value>(path: string, json: object, read: Reader<Value> = asItIs) =>
      call('PUT', path, { json, ...write }, read),
    patch: <Value>(path: string, json: object, read: Reader<Value> = asItIs) =>
      call('PATCH', path, { json, ...write }, read),
    remove: <Value>(path: string, query: Query = {}, read: Reader<Value> = asItIs) =>
      call('DELETE', path, { query, ...write }, unlessNull(read)).catch(goneIsGone),
    observed: (other) => callsOver(shared, other),
    client: shared,
  };
}

/**
 * An item or a body as it came. It may hold anything, so no page of them is kept, and `Api` calls it unknown; `never`, so that it stands
 * in for a reader of any type.
 */
const asItIs = ((value: unknown) => value) as Reader<never>;

const unlessNull =
  <Value>(read: Reader<Value>): Reader<Value | null> =>
  (body) =>
    body === null ? null : read(body);

/** What the reader makes of a body. Whatever it throws is the answer's fault: it may be anything. */
function checked<Value>(body: unknown, read: Reader<Value>, { method, path }: Called): Value {
  try {
    return read(body);
  } catch (cause) {
    throw new ApiError(`${method} ${path} answered ${malformedIn(cause)}`, {
      verdict: isWrite({ method }) ? 'uncertain' : 'unavailable',
      cause,
    });
  }
}

type Called = Pick<Request, 'method' | 'path'>;

const addressed = (path: string, query: Query): string => `${path}?${JSON.stringify(query)}`;

/** What is already gone need not be removed (FACTS 5.3), if the API itself says so. */
function goneIsGone(error: unknown): null {
  if (isRejected(error, 404)) return null;
  throw error;
}

/** A list that cannot be walked is `unavailable`: nothing was refused, and the next walk may find the API in order. */
const malformed =
  (path: string) =>
  (what: string, cause?: unknown): ApiError =>
    new ApiError(`GET ${path} answered ${what}`, { verdict: 'unavailable', cause });

const defined = (query: Query): Query =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
