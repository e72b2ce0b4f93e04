import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../model/loopback.ts';
import { isForeignOrigin, isOwnHost, type Names } from './address.ts';
import { clipped } from '../requestLog.ts';

/** The refusal of a request before any token is checked. */
export interface Refusal {
  readonly status: 400 | 403 | 413 | 421;
  /** The message to the client. */
  readonly error: string;
  /** The log message. Absent: the refusal is not logged. */
  readonly message?: string;
  readonly fields?: object;
}

/** The size limit of a request body, in bytes. */
export const longestBody = 64 * 1024;

/** The size limit of a webhook's body, in bytes. A larger push is found by polling. */
export const longestHook = 1024 * 1024;

/** The message to a client whose body is too long. */
export const tooLong = (longest: number) => ({
  error: `a body must have at most ${longest} bytes`,
});

/** The size limit of the body of a request to this path, in bytes. */
const longestBodyAt = (url: string): number =>
  url.startsWith('/hooks/') ? longestHook : longestBody;

/**
 * The paths that need no token and, off loopback, no name of the server: probes and scrapes use the names of pods and
 * services.
 */
const openPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Checks a request. Returns the refusal, or undefined if it may go on. Pure. */
export function refusalOf(
  { url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  names: Names,
): Refusal | undefined {
  const { host, origin } = headers;
  if (!url.startsWith('/')) return { status: 400, error: 'the request target must be a path' };
  const isOpen = openPaths.has(url.split('?')[0] ?? '') && !isLoopback(names.host);
  if (!isOpen && !isOwnHost(host, names))
    return {
      status: 421,
      error:
        'the Host header does not name this server; set settings.server.publicUrl (HOLDFAST_SERVER_PUBLIC_URL) to the address under which it is reached',
      message: 'request refused: the Host header does not name this server',
      fields: { host: clipped(host) },
    };
  if (isForeignOrigin(origin, host, names))
    return {
      status: 403,
      error: 'a page of another site must not send requests to this server',
      message: 'request refused: it comes from a page of another site',
      fields: { origin: clipped(origin) },
    };
  const longest = longestBodyAt(url);
  if (Number(headers['content-length'] ?? 0) > longest) return { status: 413, ...tooLong(longest) };
  return undefined;
}
