// The HTTP interface of a workspace. In: `Shown`, the data to serve, and `Commands`, the changes a request may ask for.
// Out: a Hono app. `rootApp.ts` makes one app of those of all workspaces, which `listen.ts` serves. Of `access/`,
// `refuse.ts` (by `address.ts`) and `connections.ts` act before the app; in the app `tokens.ts` checks the token, and
// then the data of this file, `pages.ts`, `commands.ts`, and `events.ts` answer. `hooks.ts` answers webhooks, which
// have a signature in place of a token.

import type { Hono } from 'hono';
import { defaultCostBy } from '../model/money/costReport.ts';
import { selectGraph } from '../model/pass/graph.ts';
import { parseResourceQuery } from '../model/pass/resourceQuery.ts';
import { addCommands, unknownResource, type Commands } from './commands.ts';
import { json, on } from './exchange.ts';
import { addProbes, createFrame } from './frame.ts';
import { addHooks, type Hooks } from './hooks.ts';
import { addPages, type Pages } from './pages.ts';
import { silentRequestLog, type RequestLog } from './requestLog.ts';
import type { Shown } from './views.ts';
import { refuseWithoutToken, type Tokens } from './access/tokens.ts';

/** The largest number of passes per page. */
const maxPageSize = 200;

/** The parts of the app. */
export interface AppParts {
  readonly shown: Shown;
  readonly commands: Commands;
  readonly tokens: Tokens;
  /** Default: nothing is logged. */
  readonly log?: RequestLog;
  /** Default: there are no paths for webhooks. */
  readonly hooks?: Hooks;
  /** Default: there are no pages. */
  readonly dashboard?: Pages;
}

/**
 * Makes the app of the HTTP interface (INTERFACE 5). A request carries its token as `Authorization: Bearer TOKEN`; to
 * read, a browser may send it as the password of any user (Basic). To write it may not, because a browser sends a Basic
 * password for requests of any page.
 */
export function createApp(parts: AppParts): Hono {
  const { shown, commands, tokens, log = silentRequestLog, hooks, dashboard } = parts;
  const app = createFrame(log);
  addProbes(app, shown);
  const paths = dashboard ? [...dashboard.pages, ...dashboard.assets].map(({ path }) => path) : [];
  for (const path of ['/api/*', ...paths])
    app.use(path, async (context, next) => refuseWithoutToken(context, tokens, log) ?? next());
  addData(app, shown);
  if (dashboard) addPages(app, dashboard, log);
  addCommands(app, commands, tokens, log);
  if (hooks) addHooks(app, hooks, log);
  return app;
}

function addData(app: Hono, shown: Shown): void {
  on(app, 'GET', '/api/v1/status', async (context) => json(context, await shown.status()));
  on(app, 'GET', '/api/v1/passes', async (context) => {
    const limit = limitOf(context.req.query('limit'));
    if (limit === undefined)
      return json(context, { error: `limit must be a number from 1 to ${maxPageSize}` }, 400);
    const items = await shown.passes(limit + 1, context.req.query('page'));
    const page = items.slice(0, limit);
    const nextPage = items.length > limit ? (page.at(-1)?.pass ?? null) : null;
    return json(context, { items: page, nextPage });
  });
  on(app, 'GET', '/api/v1/trends', async (context) =>
    json(context, { schema: 'holdfast/trends/v1', items: await shown.trends() }),
  );
  on(app, 'GET', '/api/v1/events', (context) => shown.events.answer(context));
  on(app, 'GET', '/api/v1/passes/:pass', async (context) => {
    const report = await shown.report(context.req.param('pass'));
    return report
      ? json(context, report)
      : json(context, { error: 'no report of this pass is kept' }, 404);
  });
  on(app, 'GET', '/api/v1/graph', async (context) => {
    const [kind, text] = [context.req.query('kind'), context.req.query('q')];
    return json(context, selectGraph(shown.graph(), { kind: kind || undefined, text }));
  });
  on(app, 'GET', '/api/v1/calendar', async (context) =>
    json(context, { items: await shown.calendar() }),
  );
  on(app, 'GET', '/api/v1/cost', async (context) =>
    json(context, await shown.cost(context.req.query('by') || defaultCostBy)),
  );
  on(app, 'GET', '/api/v1/waste', (context) => json(context, shown.waste()));
  on(app, 'GET', '/api/v1/resources', (context) => {
    const query = parseResourceQuery(new URL(context.req.url).searchParams);
    return typeof query === 'string'
      ? json(context, { error: query }, 400)
      : json(context, shown.resources(query));
  });
  on(app, 'GET', '/api/v1/resources/:kind/:name', async (context) => {
    const { kind, name } = context.req.param();
    const found = await shown.resource(kind, name);
    return found ? json(context, found) : json(context, unknownResource, 404);
  });
}

function limitOf(text: string | undefined): number | undefined {
  const limit = Number(text ?? 50);
  return Number.isInteger(limit) && limit >= 1 && limit <= maxPageSize ? limit : undefined;
}
