import { networkInterfaces } from 'node:os';
import type { Context } from 'hono';
import { proxy } from 'hono/proxy';
import { json } from '../exchange.ts';

/** A process that serves a workspace which this one does not have. */
export interface Elsewhere {
  /** In words for a person. */
  readonly heldBy: string;
  /** The URL of its server; null: it has none. */
  readonly url: string | null;
}

/** Marks a request that was forwarded, so that no two processes forward it to each other. */
const mark = 'holdfast-forwarded';

/** How long the other process may take to begin its answer, in milliseconds. */
const timeoutMs = 10_000;

/** Answers a request as the process does that has the workspace. It checks the token itself. */
export async function forward(
  context: Context,
  name: string,
  { heldBy, url }: Elsewhere,
): Promise<Response> {
  const has = `${heldBy} has the workspace ${name}`;
  if (url === null || context.req.header(mark) !== undefined)
    return json(context, { error: `${has}; ask it` }, 503);
  const { pathname, search } = new URL(context.req.url);
  const begun = new AbortController();
  const timer = setTimeout(() => begun.abort(), timeoutMs);
  try {
    const response = await proxy(new URL(pathname + search, url), {
      raw: context.req.raw,
      // The origin was compared with the host of this process.
      headers: { ...context.req.header(), [mark]: '1', host: undefined, origin: undefined },
      signal: AbortSignal.any([context.req.raw.signal, begun.signal]),
    });
    return response;
  } catch {
    const error = `${has}, and does not answer; if it has failed, another takes over within seconds`;
    return json(context, { error }, 503);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The URL at which other machines reach a server: its own, or one with an address of this machine if it listens on all
 * of them.
 */
export function reachableUrl(url: string): string {
  const parsed = new URL(url);
  if (!['0.0.0.0', '[::]'].includes(parsed.hostname)) return url;
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  parsed.hostname = own?.address ?? '127.0.0.1';
  return parsed.origin;
}
