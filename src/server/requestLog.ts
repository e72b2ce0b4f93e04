import type { IncomingMessage } from 'node:http';
import type { Clock } from '../model/time/clock.ts';
import type { Log } from '../model/log.ts';

type Request = Pick<IncomingMessage, 'method' | 'url' | 'socket'>;

/** Logs requests. */
export interface RequestLog {
  /** Logs a change by a request with the token. */
  readonly done: (request: Request | undefined, message: string, fields?: object) => void;
  /**
   * Logs a request that was refused or failed, at most ten per message and minute, since anybody can send many. The
   * next line counts the others in `notLogged`.
   */
  readonly refused: (request: Request | undefined, message: string, fields?: object) => void;
}

/** The number of lines per message and minute. */
const maxLines = 10;
const minuteMs = 60_000;

/** Makes a request log. Messages must be constant, because it keeps a count for each. */
export function createRequestLog(
  log: Pick<Log, 'info' | 'warn'>,
  clock: Pick<Clock, 'steady'>,
): RequestLog {
  const counts = new Map<string, { since: number; lines: number; notLogged: number }>();
  return {
    done: (request, message, fields) => log.info({ ...fields, ...requestFields(request) }, message),
    refused(request, message, fields) {
      const now = clock.steady();
      const previous = counts.get(message);
      const count =
        previous && now - previous.since < minuteMs
          ? previous
          : { since: now, lines: 0, notLogged: previous?.notLogged ?? 0 };
      counts.set(message, count);
      if (count.lines >= maxLines) {
        count.notLogged += 1;
        return;
      }
      const skipped = count.notLogged > 0 ? { notLogged: count.notLogged } : {};
      log.warn({ ...fields, ...requestFields(request), ...skipped }, message);
      count.lines += 1;
      count.notLogged = 0;
    },
  };
}

/** The log fields of a request. The query is left out, since it may hold a secret. */
const requestFields = (request: Request | undefined): object =>
  request
    ? {
        remote: request.socket.remoteAddress,
        method: request.method,
        path: clipped(request.url?.split('?')[0]),
      }
    : {};

/** The first 200 characters of untrusted text. */
export const clipped = (text: string | undefined): string | undefined => text?.slice(0, 200);

/** Logs nothing. */
export const silentRequestLog: RequestLog = { done() {}, refused() {} };
