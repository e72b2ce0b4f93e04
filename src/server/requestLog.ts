import type { IncomingMessage } from 'node:http';
import type { Clock } from '../model/time/clock.ts';
import type { Log } from '../model/log.ts';

type Request = Pick<IncomingMessage, 'method' | 'url' | 'socket'>;

/** The log lines about requests. */
export interface RequestLog {
  /** Somebody with the token changed something. */
  readonly done: (request: Request | undefined, message: string, fields?: object) => void;
  /** A request was refused or failed. Anybody can send many, so few of a sort are logged in a minute, and the next line says how many were not. */
  readonly refused: (request: Request | undefined, message: string, fields?: object) => void;
}

/** How many lines of one message a minute may have. */
const most = 10;
const minuteMs = 60_000;

/** Messages are constant, so there are few of them to count. */
export function createRequestLog(
  log: Pick<Log, 'info' | 'warn'>,
  clock: Pick<Clock, 'steady'>,
): RequestLog {
  const counts = new Map<string, { since: number; lines: number; left: number }>();
  return {
    done: (request, message, fields) => log.info({ ...fields, ...told(request) }, message),
    refused(request, message, fields) {
      const now = clock.steady();
      const known = counts.get(message);
      const count =
        known && now - known.since < minuteMs
          ? known
          : { since: now, lines: 0, left: known?.left ?? 0 };
      counts.set(message, count);
      if (count.lines >= most) {
        count.left += 1;
        return;
      }
      const more = count.left > 0 ? { notLogged: count.left } : {};
      log.warn({ ...fields, ...told(request), ...more }, message);
      count.lines += 1;
      count.left = 0;
    },
  };
}

/** Who sent a request, and for what. The query may hold what was meant to be secret. */
const told = (request: Request | undefined): object =>
  request
    ? {
        remote: request.socket.remoteAddress,
        method: request.method,
        path: clipped(request.url?.split('?')[0]),
      }
    : {};

/** Text of a stranger, as long as a line may hold. */
export const clipped = (text: string | undefined): string | undefined => text?.slice(0, 200);

export const silentRequestLog: RequestLog = { done() {}, refused() {} };
