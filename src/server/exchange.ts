import type { IncomingMessage } from 'node:http';
import type { Context, Env, Hono } from 'hono';
import type { BlankInput, HandlerResponse } from 'hono/types';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { jsonText } from '../model/text/visible.ts';

/** Node's request; undefined if the app is called without a server, as in tests. */
export const requestOf = ({ env }: Pick<Context, 'env'>): IncomingMessage | undefined =>
  (env as { incoming?: IncomingMessage } | undefined)?.incoming;

/** Makes a JSON response in which control characters are escaped, since it may be printed on a terminal. */
export const json = (
  context: Context,
  value: unknown,
  status: ContentfulStatusCode = 200,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  context.body(jsonText(value), status, { 'content-type': 'application/json', ...headers });

/** Reads a body as it was sent, up to a number of bytes. Resolves to undefined if it is longer. */
export async function readBody(context: Context, longest: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.length;
    if (size > longest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Adds a route for one method of a path. OPTIONS returns the allowed methods; other methods get 405. */
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
      : json(context, { error: `the allowed methods are ${allow}` }, 405, { allow }),
  );
}
