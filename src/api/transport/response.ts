import type { RequestError } from 'got';
import { isObject, jsonIn, parseJson, textOf } from './json.ts';
import type { Answer, Failure } from '../requests/failure.ts';
import { proxyError, ProxyError, type Proxy } from './proxy.ts';
import { isWrite, type Request } from '../requests/request.ts';

/** The parts of an HTTP response that are used here. */
export interface Received {
  readonly statusCode: number;
  readonly statusMessage?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** Reads a response: a 2xx response with JSON is an answer, anything else is a failure. */
export function readResponse(
  request: Pick<Request, 'method' | 'parse'>,
  { statusCode: status, statusMessage: reason = '', headers, body: bytes }: Received,
): Answer | Failure {
  if (status < 200 || status > 299) {
    const retryAfter = headers['retry-after'];
    const text = textOf(bytes);
    return {
      sort: 'refused',
      status,
      reason,
      text,
      own: isOwnError(jsonIn(text)),
      ...(typeof retryAfter === 'string' ? { retryAfter } : {}),
    };
  }
  if (bytes.length === 0 && request.method === 'DELETE')
    return { sort: 'answer', status, body: null };
  return readBody(request, status, bytes);
}

/** Whether a body has the form of the API's own errors. */
const isOwnError = (body: unknown): boolean =>
  isObject(body) && typeof body['code'] === 'string' && typeof body['message'] === 'string';

/**
 * Reads the body of a 2xx response. The answer to a read may be null (FACTS 1.3); the answer to a write other than
 * DELETE must not be.
 */
function readBody(
  request: Pick<Request, 'method' | 'parse'>,
  status: number,
  bytes: Uint8Array,
): Answer | Failure {
  const unusable = (reason: string, lasting: boolean): Failure => ({
    sort: 'unusable',
    status,
    reason,
    lasting,
  });
  try {
    const { parse = parseJson } = request;
    const body: unknown = parse(bytes);
    if (isWrite(request) && request.method !== 'DELETE' && body === null)
      return unusable('null', true);
    return { sort: 'answer', status, body };
  } catch {
    return unusable(bytes.length === 0 ? 'nothing' : 'something that is not JSON', false);
  }
}

/** The fields of got's error for an attempt without an answer. */
type Break = Pick<RequestError, 'code' | 'message' | 'timings' | 'cause'>;

/** Handshake failures that a retry within seconds does not solve: certificates and protocols. */
const lasting =
  /CERT|^UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO$|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)/;

/**
 * Converts got's error to a failure. It is `unsent` only if no connection (with TLS: no completed handshake) was ever
 * ready for the request.
 */
export function readBreak(
  { code, message, timings, cause }: Break,
  { base, proxy }: { readonly base: string; readonly proxy?: Proxy | undefined },
): Failure {
  if (cause instanceof ProxyError)
    return { sort: 'unsent', reason: cause.message, lasting: cause.lasting };
  const reason = message.includes(code) ? message : `${message} (${code})`;
  if (readyAt(timings, base, proxy) !== undefined) return { sort: 'lost', reason };
  return proxy && base.startsWith('http:')
    ? { sort: 'unsent', reason: proxyError(proxy, new Error(reason)).message, lasting: false }
    : { sort: 'unsent', reason, lasting: lasting.test(code) };
}

/**
 * Returns when the connection was ready. Got stamps a reused one as ready at once. One through a tunnel is ready when
 * the request gets it (agent.ts), since got does not see its handshake.
 */
function readyAt(
  timings: Break['timings'],
  base: string,
  proxy: Proxy | undefined,
): number | undefined {
  if (base.startsWith('http:')) return timings?.connect;
  return proxy ? timings?.socket : (timings?.secureConnect ?? timings?.upload);
}
