import { hash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { auth } from 'hono/utils/basic-auth';
import { json, requestOf } from './exchange.ts';
import type { RequestLog } from './requestLog.ts';

/** The tokens of the server. */
export interface Tokens {
  /** Needed to read; undefined: reading needs none. */
  readonly read: string | undefined;
  /** Needed to change something; undefined: nothing can be changed. */
  readonly write: string | undefined;
}

/**
 * Returns the response to a request without the token it needs; undefined if it has the token. A wrong token is logged.
 */
export function refuseWithoutToken(
  context: Context,
  tokens: Tokens,
  log: RequestLog,
): Response | undefined {
  const { method, raw, path } = context.req;
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method);
  if (isRead ? mayRead(raw, tokens) : hasBearer(raw, tokens.write)) return undefined;
  if (!isRead && tokens.write === undefined) {
    log.refused(requestOf(context), 'request refused: no token is set');
    return json(
      context,
      { error: 'the request needs a token; start Holdfast with HOLDFAST_TOKEN set' },
      403,
    );
  }
  if (raw.headers.has('authorization'))
    log.refused(requestOf(context), 'request refused: the token is wrong');
  return path === '/'
    ? context.text(
        'The request needs the token: any user name, and the token as the password.',
        401,
        {
          'www-authenticate': 'Basic realm="holdfast", charset="UTF-8"',
        },
      )
    : json(context, { error: 'the request needs the token: Authorization: Bearer TOKEN' }, 401);
}

const mayRead = (request: Request, { read }: Tokens): boolean =>
  read === undefined || hasBearer(request, read) || isSameSecret(auth(request)?.password, read);

const hasBearer = ({ headers }: Request, token: string | undefined): boolean =>
  token !== undefined && isSameSecret(headers.get('authorization'), `Bearer ${token}`);

/** Compares a text with a secret. The time it takes shows neither the secret nor its length. */
export const isSameSecret = (received: string | null | undefined, expected: string): boolean =>
  timingSafeEqual(digestOf(received ?? ''), digestOf(expected));

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');
