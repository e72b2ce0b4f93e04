import { ApiError, type Api, type Query, type WriteObserver } from '../model/api.ts';
import { createKnown, type Read } from './known.ts';
import { readPage, walk, type FetchPage } from './paging.ts';
import { checkPath, type Method, type Request } from './request.ts';

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
  /** Bodies and items are taken on trust: what they look like is the kinds' knowledge. */
  const call = async <Body>(method: Method, path: string, content: Content): Promise<Body> =>
    (await send({ method, path: checkPath(path), ...content })) as Body;
  const write = observer ? { observer } : {};
  async function* list(path: string, query: Query, read: Read = asItIs) {
    const pages = known.walk(addressed(path, query), read);
    const fail = malformed(path);
    const fetchPage: FetchPage<unknown> = (after, signal) => {
      const page = { ...walkQuery, ...query, ...(after !== undefined && { after }) };
      const content = { query: page, signal };
      return read === asItIs
        ? call('GET', path, content).then((body) => readPage(body, fail, read))
        : pages.page(after, (parse) => call('GET', path, { ...content, parse }), fail);
    };
    try {
      yield* walk(fetchPage, fail, closing);
    } finally {
      pages.ended();
    }
  }
  return {
    list: <Item, Made>(path: string, query?: Query, read?: (item: Item) => Made | undefined) =>
      list(path, defined(query ?? {}), read as Read | undefined) as AsyncIterable<readonly Made[]>,
    get: (path, query = {}) => call('GET', path, { query, signal: closing }),
    post: (path, json) => call('POST', path, json ? { json, ...write } : write),
    put: (path, json) => call('PUT', path, { json, ...write }),
    patch: (path, json) => call('PATCH', path, { json, ...write }),
    remove: <Body>(path: string, query: Query = {}) =>
      call<Body | null>('DELETE', path, { query, ...write }).catch(goneIsGone),
    observed: (other) => callsOver(shared, other),
    client: shared,
  };
}

/** Items as they came; they may hold anything, so no page of them is kept. */
const asItIs: Read = (item) => item;

const addressed = (path: string, query: Query): string => `${path}?${JSON.stringify(query)}`;

/** What is already gone need not be removed (FACTS 5.3). */
function goneIsGone(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

/** A list that cannot be walked is `unavailable`: nothing was refused, and the next walk may find the API in order. */
const malformed =
  (path: string) =>
  (what: string, cause?: unknown): ApiError =>
    new ApiError(`GET ${path} answered ${what}`, { verdict: 'unavailable', cause });

const defined = (query: Query): Query =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
