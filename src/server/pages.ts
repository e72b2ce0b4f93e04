import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { StoreError } from '../model/store.ts';
import { on, requestOf } from './exchange.ts';
import type { RequestLog } from './requestLog.ts';

/** The pages of the dashboard, which are rendered elsewhere. */
export interface Pages {
  readonly pages: readonly Page[];
  readonly assets: readonly Asset[];
  /** Renders a page that says why there is none. */
  readonly failure: (title: string, message: string) => string;
}

/** A page. */
export interface Page {
  /** Its path, with parameters such as `/passes/:pass`. */
  readonly path: string;
  /** Renders it as HTML; undefined: there is nothing at these parameters. Reads only. */
  readonly render: (request: PageRequest) => Promise<string | undefined>;
}

/** The parameters of the path, decoded, and those of the query. */
export interface PageRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** A file that pages load. */
export interface Asset {
  readonly path: string;
  readonly type: 'text/css' | 'text/javascript' | 'image/svg+xml';
  readonly content: string;
}

/** The content policy of pages: the files of this server, and nothing else. */
const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the pages and their files. */
export function addPages(
  app: Hono,
  { pages, assets, failure }: Pages,
  log: Pick<RequestLog, 'refused'>,
): void {
  for (const { path, render } of pages)
    on(app, 'GET', path, async (context) => {
      try {
        const text = await render({
          parameters: context.req.param(),
          query: new URL(context.req.url).searchParams,
        });
        return text === undefined
          ? page(context, failure('Not found', 'There is nothing at this address.'), 404)
          : page(context, text);
      } catch (error) {
        if (error instanceof StoreError)
          return page(context, failure('Not available', error.message), 503);
        log.refused(requestOf(context), 'a page failed', { err: error });
        return page(context, failure('Failed', 'See the log of Holdfast.'), 500);
      }
    });
  for (const { path, type, content } of assets)
    on(app, 'GET', path, (context) =>
      context.body(content, 200, { 'content-type': `${type}; charset=utf-8` }),
    );
}

/** The response with a page. */
export const page = (
  context: Context,
  text: string,
  status: ContentfulStatusCode = 200,
): Response => context.html(text, status, { 'content-security-policy': pagePolicy });
