import { Hono } from 'hono';
import { StoreError } from '../model/store.ts';
import { json, on, requestOf } from './exchange.ts';
import type { RequestLog } from './requestLog.ts';
import type { Shown } from './views.ts';

/** The default headers: no caching, no content sniffing, no framing, no use by other sites, no referrer. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Makes an app without paths: the headers of all responses, and the answers to unknown paths and to errors. */
export function createFrame(log: Pick<RequestLog, 'refused'>): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(headers))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  });
  app.notFound((context) => json(context, { error: 'no such path' }, 404));
  app.onError((error, context) => {
    if (error instanceof StoreError) return json(context, { error: error.message }, 503);
    log.refused(requestOf(context), 'a request failed', { err: error });
    return json(context, { error: 'the request failed; see the log of Holdfast' }, 500);
  });
  return app;
}

/** Adds health and metrics, which need no token, wherever the server listens. */
export function addProbes(app: Hono, shown: Pick<Shown, 'whyNotReady' | 'metrics'>): void {
  on(app, 'GET', '/healthz', (context) => json(context, { status: 'ok' }));
  on(app, 'GET', '/readyz', async (context) => {
    const why = await shown.whyNotReady();
    return why === undefined
      ? json(context, { status: 'ready' })
      : json(context, { status: why }, 503);
  });
  on(app, 'GET', '/metrics', async (context) => {
    const { type, text } = await shown.metrics();
    return context.body(text, 200, { 'content-type': type });
  });
}
