import { ApiError, type Query, type WriteObserver } from '../../model/api.ts';
import { isLoopback } from '../../model/loopback.ts';

/** The methods of the API. Only a GET changes nothing. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call of the API, with as many attempts as it takes. */
export interface Request {
  readonly method: Method;
  /** The path below the base URL, checked by `checkPath`. */
  readonly path: string;
  readonly query?: Query;
  /** The JSON body. If it is not set, neither a body nor a content type is sent. */
  readonly json?: object;
  /** Aborts the request in any state, even on the wire. Set for reads only: a write in flight is never aborted. */
  readonly signal?: AbortSignal;
  /** It starts only when no other request waits, and is not retried. Set for reads only. */
  readonly background?: true;
  /** Called for every attempt. Set for writes only. */
  readonly observer?: WriteObserver;
  /** Parses the bytes of a 2xx answer; throws if they are malformed. Default: as JSON. */
  readonly parse?: (bytes: Uint8Array) => unknown;
}

/** Whether the request may change something, so that even a failed attempt may have had an effect. */
export const isWrite = (request: Pick<Request, 'method'>): boolean => request.method !== 'GET';

/**
 * Matches anything that would change the structure of the URL: an empty segment, a query, a fragment, white space, a
 * control character.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const unsafe = /\/\/|\/$|[?#\\\s\u0000-\u001f\u007f]/;

/** Matches a segment `.` or `..`. */
const dots = /(^|\/)\.\.?(\/|$)/;

/**
 * Returns the path if it is safe; otherwise throws an `ApiError` with the verdict `rejected`, before anything is sent.
 * Kinds encode the ids in paths, but `.` and `..` cannot be encoded in a URL, and servers treat encoded slashes beside
 * them differently.
 */
export function checkPath(path: string): string {
  const decoded = path.replaceAll(/%2e/gi, '.').replaceAll(/%2f|%5c/gi, '/');
  if (path.startsWith('/') && !unsafe.test(path) && !dots.test(decoded)) return path;
  throw new ApiError(`cannot request ${JSON.stringify(path)}: it is not a plain path of the API`, {
    verdict: 'rejected',
  });
}

/**
 * Returns the API's base URL without a trailing slash; throws an `Error` with a message for the user if it is invalid.
 * Anyone on the network could read the key in plain HTTP, so that is accepted for loopback only, unless `allowHttp` is
 * set.
 */
export function checkBase(address: string, allowHttp = false): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error('PAPERSPACE_API_URL is not an http or https URL');
  if (url.username || url.password || url.search || url.hash)
    throw new Error('PAPERSPACE_API_URL may contain only a host and a path');
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname))
    throw new Error(
      `PAPERSPACE_API_URL is http://${url.host}: the API key would cross the network in the clear; use https, or set PAPERSPACE_ALLOW_HTTP=1 to allow it`,
    );
  return url.href.replace(/\/+$/, '');
}

/**
 * Returns the key if a header can contain it; otherwise throws an `Error` with a message for the user that names the
 * key's source and not the key.
 */
export function checkKey(key: string, name = 'PAPERSPACE_API_KEY'): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new Error(
    `${name} is empty or holds a character that no header can carry, such as a line break`,
  );
}

/** Returns the URL of a request, without query parameters that are undefined. */
export function addressOf(base: string, { path, query = {} }: Request): URL {
  const url = new URL(`${base}${path}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}
