import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { auth } from 'hono/utils/basic-auth';
import { json, requestOf } from './exchange.ts';
import type { RequestLog } from './requestLog.ts';

/** Who may do what: `read` must be borne by everyone who reads, `write` by everyone who changes something. Not set: nobody has to, or may. */
export interface Tokens {
  readonly read: string | undefined;
  readonly write: string | undefined;
}

/** The answer to a request that does not bear the token it needs; undefined where it does. A token that is wrong leaves a line in the log. */
export function refuseWithoutToken(
  context: Context,
  tokens: Tokens,
  log: RequestLog,
): Response | undefined {
  const { method, raw, path } = context.req;
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method);
  if (isRead ? mayRead(raw, tokens) : bears(raw, tokens.write)) return undefined;
  if (!isRead && tokens.write === undefined) {
    log.refused(requestOf(context), 'request refused: no token is set');
    return json(
      context,
      { error: 'this needs a token; start Holdfast with HOLDFAST_TOKEN set' },
      403,
    );
  }
  if (raw.headers.has('authorization'))
    log.refused(requestOf(context), 'request refused: the token is wrong');
  return path === '/'
    ? context.text('This needs the token: any user name, and the token as the password.', 401, {
        'www-authenticate': 'Basic realm="holdfast", charset="UTF-8"',
      })
    : json(context, { error: 'this needs the token: Authorization: Bearer TOKEN' }, 401);
}

const mayRead = (request: Request, { read }: Tokens): boolean =>
  read === undefined || bears(request, read) || isEqual(auth(request)?.password, read);

const bears = ({ headers }: Request, token: string | undefined): boolean =>
  token !== undefined && isEqual(headers.get('authorization'), `Bearer ${token}`);

function isEqual(one: string | null | undefined, other: string): boolean {
  const given = Buffer.from(one ?? '');
  const wanted = Buffer.from(other);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
