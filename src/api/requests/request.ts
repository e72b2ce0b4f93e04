import { ApiError, type Query, type WriteObserver } from '../../model/api.ts';
import { isLoopback } from '../../model/loopback.ts';

/** The methods that the API knows. Only a GET changes nothing. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call of the API, whatever number of attempts it takes. */
export interface Request {
  readonly method: Method;
  /** Checked by `checkPath`; from the base address on. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON; without it no body and no content type are sent. */
  readonly json?: object;
  /** Ends it wherever it stands, on the wire too: set on reads only, a write in flight is never cut off. */
  readonly signal?: AbortSignal;
  /** Learns of every attempt. Set on writes only. */
  readonly observer?: WriteObserver;
  /** Makes a body of the bytes of a 2xx answer; throws when they are none. Default: what the JSON says. */
  readonly parse?: (bytes: Uint8Array) => unknown;
}

/** Whether the request may change something, so that its failure may leave something behind. */
export const isWrite = (request: Pick<Request, 'method'>): boolean => request.method !== 'GET';

/** What would leave its place in the path: an empty segment, a query, a fragment, white space, a control character. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const unsafe = /\/\/|\/$|[?#\\\s\u0000-\u001f\u007f]/;

/** A segment `.` or `..`. */
const dots = /(^|\/)\.\.?(\/|$)/;

/**
 * The path itself, when it leads where its author meant. Kinds encode the ids in paths, but `.` and `..` have no encoding that a URL
 * knows, and servers differ about encoded slashes beside them: a path that could lead elsewhere is `rejected`, and nothing is sent.
 */
export function checkPath(path: string): string {
  const decoded = path.replaceAll(/%2e/gi, '.').replaceAll(/%2f|%5c/gi, '/');
  if (path.startsWith('/') && !unsafe.test(path) && !dots.test(decoded)) return path;
  throw new ApiError(`cannot ask for ${JSON.stringify(path)}: it is no plain path of the API`, {
    verdict: 'rejected',
  });
}

/**
 * The API's address without a trailing slash; an `Error` in words for the user when it cannot be one. Over plain HTTP everyone on the way
 * could read the key, so that only loopback is taken, unless `allowHttp`.
 */
export function checkBase(address: string, allowHttp = false): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error('PAPERSPACE_API_URL is no http or https address');
  if (url.username || url.password || url.search || url.hash)
    throw new Error('PAPERSPACE_API_URL may hold a host and a path, and nothing else');
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname))
    throw new Error(
      `PAPERSPACE_API_URL is http://${url.host}: the API key would cross the network in the clear; use https, or set PAPERSPACE_ALLOW_HTTP=1 to allow it`,
    );
  return url.href.replace(/\/+$/, '');
}

/** The key, when a header can carry it; an `Error` in words for the user, with the name of its source and without the key, when not. */
export function checkKey(key: string, name = 'PAPERSPACE_API_KEY'): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new Error(
    `${name} is empty or holds a character that no header can carry, such as a line break`,
  );
}

/** The whole address of a request; query parameters that are undefined are left out. */
export function addressOf(base: string, { path, query = {} }: Request): URL {
  const url = new URL(`${base}${path}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}
