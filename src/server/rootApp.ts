import { Hono, type Context } from 'hono';
import type { Summary } from '../model/pass/report.ts';
import { json, on } from './exchange.ts';
import type { MetricValues } from './metrics.ts';
import { mergedText } from './metrics.ts';
import type { RequestLog } from './requestLog.ts';
import { refuseWithoutToken, type Tokens } from './access/tokens.ts';

/** A workspace in `/api/v1/workspaces`. */
export interface ListedWorkspace {
  readonly name: string;
  readonly lastPass: { readonly pass: string; readonly finishedAt: string } | null;
  /** The counts of the last pass. */
  readonly summary: Summary | null;
  /** Whether it has left the config: nothing of it is touched, and its records are kept. */
  readonly parked: boolean;
  /** Why it has no passes, or its present config is not in force; null: neither. */
  readonly error: string | null;
}

/** The workspaces of a daemon, as its server sees them. */
export interface RootParts {
  /** The names of those that are not parked. */
  names(): readonly string[];
  /** The app of a workspace (`createApp`); undefined if there is none of this name, or it has no config yet. */
  appOf(name: string): Promise<Hono | undefined>;
  /** All workspaces, the worst first. */
  list(): Promise<readonly ListedWorkspace[]>;
  /** Why the daemon is not ready; undefined: it is. */
  whyNotReady(): Promise<string | undefined>;
  /** The metrics of each workspace. */
  metrics(): Promise<readonly MetricValues[]>;
  /** Renders the page with all workspaces. */
  page(workspaces: readonly ListedWorkspace[]): string;
  readonly tokens: Tokens;
  readonly log: RequestLog;
}

/**
 * Makes the app of a daemon: `/api/v1/workspaces/NAME/…` and `/workspaces/NAME/…` are the paths of the app of that
 * workspace. The paths without a workspace mean the only one; if there are several, they answer 400 with their names,
 * and `/` is the page with all.
 */
export function createRootApp(parts: RootParts): Hono {
  const app = new Hono();
  on(app, 'GET', '/healthz', (context) => json(context, { status: 'ok' }));
  on(app, 'GET', '/readyz', async (context) => {
    const why = await parts.whyNotReady();
    return why === undefined
      ? json(context, { status: 'ready' })
      : json(context, { status: why }, 503);
  });
  on(app, 'GET', '/metrics', async (context) => {
    const { type, text } = await mergedText(await parts.metrics());
    return context.body(text, 200, { 'content-type': type });
  });
  const refused = (context: Context) => refuseWithoutToken(context, parts.tokens, parts.log);
  on(
    app,
    'GET',
    '/api/v1/workspaces',
    async (context) => refused(context) ?? json(context, { items: await parts.list() }),
  );
  app.all('/api/v1/workspaces/:workspace/*', (context) => forward(parts, context, 'api'));
  app.all('/workspaces/:workspace/*', (context) => forward(parts, context, 'pages'));
  app.all('/workspaces/:workspace', (context) =>
    context.redirect(`/workspaces/${encodeURIComponent(context.req.param('workspace'))}/`),
  );
  app.all('*', async (context) => {
    const names = parts.names();
    const [only] = names;
    const path = context.req.path;
    const isShared = path.startsWith('/assets/') || path.startsWith('/hooks/');
    if (only !== undefined && (names.length === 1 || isShared))
      return await answer(parts, context, only, path);
    const refusal = refused(context);
    if (refusal) return refusal;
    if (path === '/') return context.html(parts.page(await parts.list()), 200, pageHeaders);
    const error = `there are several workspaces (${names.join(', ')}); name one with --workspace NAME, or in the path: /api/v1/workspaces/NAME/…`;
    return json(context, { error, workspaces: names }, 400);
  });
  return app;
}

const pageHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Answers a request for a workspace by the app of that workspace, in which its path is shorter. */
async function forward(
  parts: RootParts,
  context: Context,
  part: 'api' | 'pages',
): Promise<Response> {
  const name = context.req.param('workspace') ?? '';
  const prefix = `${part === 'api' ? '/api/v1' : ''}/workspaces/${context.req.path.split('/')[part === 'api' ? 4 : 2]}`;
  const rest = context.req.path.slice(prefix.length);
  const response = await answer(parts, context, name, part === 'api' ? `/api/v1${rest}` : rest);
  const isPage = response.headers.get('content-type')?.startsWith('text/html');
  return isPage ? withLinksTo(`/workspaces/${encodeURIComponent(name)}`, response) : response;
}

async function answer(
  parts: RootParts,
  context: Context,
  name: string,
  path: string,
): Promise<Response> {
  const app = await parts.appOf(name);
  if (!app) {
    const error = `there is no workspace ${name}, or it has no config`;
    return refuseWithoutToken(context, parts.tokens, parts.log) ?? json(context, { error }, 404);
  }
  const url = new URL(context.req.url);
  if (url.pathname === path) return await app.fetch(context.req.raw, context.env);
  url.pathname = path;
  return await app.fetch(new Request(url, context.req.raw), context.env);
}

/** The links of a page of a workspace, which begin at its own root. Text of a page has no quotation mark. */
async function withLinksTo(root: string, response: Response): Promise<Response> {
  const text = await response.text();
  const linked = text.replace(
    /(?<!class="brand") (href|action)="\/(?!assets\/|\/)/g,
    ` $1="${root}/`,
  );
  return new Response(linked, response);
}
