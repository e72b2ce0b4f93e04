import { hash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { auth } from 'hono/utils/basic-auth';
import type { Permission } from '../../model/settings.ts';
import { json, requestOf } from '../exchange.ts';
import type { RequestLog } from '../requestLog.ts';

/** A token of the server. */
export interface Token {
  /** Names the token in logs and in the audit. */
  readonly name: string;
  readonly value: string;
  readonly may: readonly Permission[];
}

/** The tokens of the server. */
export interface Tokens {
  readonly all: readonly Token[];
  /** Whether reading needs a token. Changing something always does. */
  readonly toRead: boolean;
}

/**
 * Returns the response to a request without a token, or to a read that its token does not allow; undefined if the
 * request may go on. What a change needs is checked by `mayOrRefuse`. A wrong token is logged.
 */
export function refuseWithoutToken(
  context: Context,
  tokens: Tokens,
  log: RequestLog,
): Response | undefined {
  const { method, raw, path } = context.req;
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method);
  if (isRead && !tokens.toRead) return undefined;
  const token = bearerOf(raw, tokens) ?? (isRead ? basicOf(raw, tokens) : undefined);
  if (token) return isRead ? refuseUnlessMay(context, token, 'read', log) : undefined;
  if (tokens.all.length === 0) {
    log.refused(requestOf(context), 'request refused: no token is set');
    return json(
      context,
      { error: 'the request needs a token; start Holdfast with HOLDFAST_TOKEN set' },
      403,
    );
  }
  if (raw.headers.has('authorization'))
    log.refused(requestOf(context), 'request refused: the token is wrong');
  return !path.startsWith('/api/')
    ? context.text(
        'The request needs the token: any user name, and the token as the password.',
        401,
        {
          'www-authenticate': 'Basic realm="holdfast", charset="UTF-8"',
        },
      )
    : json(context, { error: 'the request needs the token: Authorization: Bearer TOKEN' }, 401);
}

/**
 * Returns the token of a request that changes something, or the response that refuses the request, which names the
 * permission that the token lacks.
 */
export function mayOrRefuse(
  context: Context,
  tokens: Tokens,
  permission: Permission,
  log: RequestLog,
): Token | Response {
  const token = bearerOf(context.req.raw, tokens);
  if (!token) return json(context, { error: 'the request needs a token' }, 401);
  return refuseUnlessMay(context, token, permission, log) ?? token;
}

function refuseUnlessMay(
  context: Context,
  { name, may }: Token,
  permission: Permission,
  log: RequestLog,
): Response | undefined {
  if (may.includes(permission)) return undefined;
  log.refused(requestOf(context), 'request refused: the token lacks a permission', {
    actor: name,
    permission,
  });
  return json(
    context,
    {
      error: `the token ${name} may not do this: it lacks "${permission}" in settings.server.tokens`,
    },
    403,
  );
}

const bearerOf = ({ headers }: Request, { all }: Tokens): Token | undefined =>
  matching(all, headers.get('authorization'), (value) => `Bearer ${value}`);

const basicOf = (request: Request, { all }: Tokens): Token | undefined =>
  matching(all, auth(request)?.password, (value) => value);

/** Compares with every token, so that the time says nothing about which one is nearest. */
const matching = (
  tokens: readonly Token[],
  received: string | null | undefined,
  expected: (value: string) => string,
): Token | undefined => tokens.filter(({ value }) => isSameSecret(received, expected(value))).at(0);

/** Compares a text with a secret. The time it takes shows neither the secret nor its length. */
export const isSameSecret = (received: string | null | undefined, expected: string): boolean =>
  timingSafeEqual(digestOf(received ?? ''), digestOf(expected));

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');
