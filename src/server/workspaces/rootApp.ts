import type { Context, Hono } from 'hono';
import type { Summary } from '../../model/pass/report.ts';
import { refuseWithoutToken, type Tokens } from '../access/tokens.ts';
import { forward, type Elsewhere } from './forward.ts';
import { json, on } from '../exchange.ts';
import { addProbes, createFrame } from '../frame.ts';
import { page } from '../pages.ts';
import type { RequestLog } from '../requestLog.ts';
import type { Shown } from '../views.ts';

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
export interface RootParts extends Pick<Shown, 'whyNotReady' | 'metrics'> {
  /** The names of those that are not parked. */
  names(): readonly string[];
  /** The app of a workspace (`createApp`); undefined if there is none of this name, or it has no config yet. */
  appOf(name: string): Promise<Hono | undefined>;
  /** The process that has a workspace in place of this one; undefined: none has. */
  elsewhere(name: string): Promise<Elsewhere | undefined>;
  /** All workspaces, the worst first. */
  list(): Promise<readonly ListedWorkspace[]>;
}

/** The access to the server, and the page with all workspaces. */
export interface RootOptions {
  readonly tokens: Tokens;
  readonly log: RequestLog;
  readonly render: (workspaces: readonly ListedWorkspace[]) => string;
}

/**
 * Makes the app of a daemon: `/api/v1/workspaces/NAME/…` and `/workspaces/NAME/…` are the paths of the app of that
 * workspace. The paths without a workspace mean the only one; if there are several, they answer 400 with their names,
 * and `/` is the page with all.
 */
export function createRootApp(parts: RootParts, { tokens, log, render }: RootOptions): Hono {
  const app = createFrame(log);
  const refusal = (context: Context) => refuseWithoutToken(context, tokens, log);
  /** The answer of the app of a workspace to the request, as if it were for this path. */
  const answer = async (context: Context, name: string, path: string): Promise<Response> => {
    const own = await parts.appOf(name);
    if (!own) {
      const isKnown = parts.names().includes(name);
      const error = isKnown
        ? `the workspace ${name} does not run yet, or moves to another process; ask again`
        : `there is no workspace ${name}`;
      return refusal(context) ?? json(context, { error }, isKnown ? 503 : 404);
    }
    const url = new URL(context.req.url);
    url.pathname = path;
    return await own.fetch(new Request(url, context.req.raw), context.env);
  };
  /** A workspace that answers what is the same in all, such as the webhook of their repository; undefined: nothing is. */
  const sharedBy = async (names: readonly string[], path: string): Promise<string | undefined> => {
    if (!/^\/(?:assets|hooks)\//.test(path)) return undefined;
    for (const name of names) if (await parts.appOf(name)) return name;
    for (const name of names) if (await parts.elsewhere(name)) return name;
    return undefined;
  };
  addProbes(app, parts);
  on(
    app,
    'GET',
    '/api/v1/workspaces',
    async (context) => refusal(context) ?? json(context, { items: await parts.list() }),
  );
  app.all('*', async (context) => {
    const { path } = context.req;
    const [, api = '', name, rest = '/'] = ofWorkspace.exec(path) ?? [];
    const names = parts.names();
    const meant = name ?? (names.length === 1 ? names[0] : await sharedBy(names, path));
    const elsewhere = meant === undefined ? undefined : await parts.elsewhere(meant);
    if (meant !== undefined && elsewhere) return await forward(context, meant, elsewhere);
    if (name !== undefined) {
      const response = await answer(context, name, api + rest);
      return withLinksTo(`/workspaces/${name}`, response);
    }
    if (meant !== undefined) return await answer(context, meant, path);
    const refused = refusal(context);
    if (refused) return refused;
    if (path === '/') return page(context, render(await parts.list()));
    const error = `there are several workspaces (${names.join(', ')}); name one with --workspace NAME, or in the path: /api/v1/workspaces/NAME/…`;
    return json(context, { error, workspaces: names }, 400);
  });
  return app;
}

/** A path of a workspace: whether it is one of the API, the name, and the path in the app of the workspace. */
const ofWorkspace = /^(\/api\/v1)?\/workspaces\/([\w.-]+)(\/.*)?$/s;

/**
 * Lets the links of a page begin at the root of its workspace. In its text they cannot occur, since a page has no
 * quotation mark there. The link of the brand leads to all workspaces.
 */
async function withLinksTo(root: string, response: Response): Promise<Response> {
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response;
  const links = /(?<!class="brand") (href|action)="\/(?!assets\/|\/)/g;
  const text = (await response.text()).replace(links, ` $1="${root}/`);
  return new Response(text, response);
}
