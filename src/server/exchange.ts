import type { IncomingMessage } from 'node:http';
import type { Context, Env, Hono } from 'hono';
import type { BlankInput, HandlerResponse } from 'hono/types';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { jsonText } from '../model/text/visible.ts';

/** Node's own request; undefined where the app is asked without a server. */
export const requestOf = ({ env }: Pick<Context, 'env'>): IncomingMessage | undefined =>
  (env as { incoming?: IncomingMessage } | undefined)?.incoming;

/** An answer in JSON in which everything can be seen: it may well be looked at on a terminal. */
export const json = (
  context: Context,
  value: unknown,
  status: ContentfulStatusCode = 200,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  context.body(jsonText(value), status, { 'content-type': 'application/json', ...headers });

/** Answers one method at a path, tells which it is to whoever asks (OPTIONS), and refuses the others. */
export function on<Path extends string>(
  app: Hono,
  method: 'GET' | 'POST',
  path: Path,
  handler: (context: Context<Env, Path, BlankInput>) => HandlerResponse<unknown>,
): void {
  const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
  app.on(method, path, handler);
  app.all(path, (context) =>
    context.req.method === 'OPTIONS'
      ? context.body(null, 204, { allow })
      : json(context, { error: `this takes ${allow}` }, 405, { allow }),
  );
}
