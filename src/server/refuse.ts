import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../model/loopback.ts';
import { isForeignOrigin, isOwnHost, type Names } from './address.ts';
import { clipped } from './requestLog.ts';

/** Why a request is answered before anything is done for it, and before any token is looked at. */
export interface Refusal {
  readonly status: 400 | 403 | 413 | 421;
  /** For whoever sent it. */
  readonly error: string;
  /** For the log; not set: it need not be logged. */
  readonly message?: string;
  readonly fields?: object;
}

/** The largest body that is read. */
export const longestBody = 64 * 1024;

/** What needs neither the token nor, off loopback, a name of the server: probes and scrapes come with the names of pods and services. */
const open: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Why a request is refused, undefined when it is not. Pure. */
export function refusalOf(
  { url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  names: Names,
): Refusal | undefined {
  const { host, origin } = headers;
  if (!url.startsWith('/')) return { status: 400, error: 'the request target is a path' };
  const isOpen = open.has(url.split('?')[0] ?? '') && !isLoopback(names.host);
  if (!isOpen && !isOwnHost(host, names))
    return {
      status: 421,
      error:
        'this server does not bear that name; set settings.server.publicUrl (HOLDFAST_SERVER_PUBLIC_URL) to the address under which it is reached',
      message: 'request refused: the server does not bear that name',
      fields: { host: clipped(host) },
    };
  if (isForeignOrigin(origin, host, names))
    return {
      status: 403,
      error: 'a page of another site may not ask this server',
      message: 'request refused: it comes from a page of another site',
      fields: { origin: clipped(origin) },
    };
  if (Number(headers['content-length'] ?? 0) > longestBody)
    return { status: 413, error: `a body has at most ${longestBody} bytes` };
  return undefined;
}
