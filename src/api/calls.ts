import { ApiError, type Api, type Query } from '../model/api.ts';
import { walk } from './paging.ts';
import { checkPath, type Method, type Request } from './request.ts';

/** The most items that the API puts on a page, and an order in which a walk does not lose what is created meanwhile (FACTS 5.2). */
const walkQuery: Query = { limit: 120, order: 'asc' };

type Content = Omit<Request, 'method' | 'path'>;

/** The calls of `Api`, over something that sends one request. Reads end when `closing` is aborted. */
export function createCalls(
  send: (request: Request) => Promise<unknown>,
  closing: AbortSignal,
): Api {
  /** Bodies and items are taken on trust: what they look like is the kinds' knowledge. */
  const call = async <Body>(method: Method, path: string, content: Content): Promise<Body> =>
    (await send({ method, path: checkPath(path), ...content })) as Body;
  return {
    list: <Item>(path: string, query: Query = {}) =>
      walk(
        (after, signal) => {
          const page = { ...walkQuery, ...defined(query), ...(after !== undefined && { after }) };
          return call('GET', path, { query: page, signal });
        },
        malformed(path),
        closing,
      ) as AsyncIterable<readonly Item[]>,
    get: (path, query = {}) => call('GET', path, { query, signal: closing }),
    post: (path, json) => call('POST', path, json ? { json } : {}),
    put: (path, json) => call('PUT', path, { json }),
    patch: (path, json) => call('PATCH', path, { json }),
    remove: <Body>(path: string, query: Query = {}) =>
      call<Body | null>('DELETE', path, { query }).catch(goneIsGone),
  };
}

/** What is already gone need not be removed (FACTS 5.3). */
function goneIsGone(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

/** A list that cannot be walked is `unavailable`: nothing was refused, and the next walk may find the API in order. */
const malformed =
  (path: string) =>
  (what: string): ApiError =>
    new ApiError(`GET ${path} answered ${what}`, { verdict: 'unavailable' });

const defined = (query: Query): Query =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
