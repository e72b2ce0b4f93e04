import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { PassSummary, Report } from '../model/report.ts';

/** `/api/v1/status` (INTERFACE 5). */
export interface Status {
  readonly schema: 'holdfast/status/v1';
  readonly workspace: string;
  readonly mode: 'observe' | 'enforce';
  readonly revision: string;
  /** Why the config that lies there now is not in force. */
  readonly configError: string | null;
  readonly lastPass: Pick<PassSummary, 'pass' | 'finishedAt' | 'summary'> | null;
  readonly nextPass: string | null;
  readonly writer: boolean;
}

/** What the server shows. */
export interface Shown {
  status(): Status;
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
  report(pass: string): Promise<Report | undefined>;
  /** Whether a pass has ended and the store answers. */
  isReady(): Promise<boolean>;
}

/** The most passes that one page holds. */
const longestPage = 200;

/** The HTTP interface. With a token, everything but health wants it as `Authorization: Bearer TOKEN`. */
export function createApp(shown: Shown, token: string | undefined): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) =>
    (await shown.isReady())
      ? context.json({ status: 'ready' })
      : context.json({ status: 'no pass has ended yet, or the store does not answer' }, 503),
  );
  app.use('/api/*', async (context, next) => {
    if (token !== undefined && !bears(context.req.header('authorization'), token))
      return context.json({ error: 'this needs the token: Authorization: Bearer TOKEN' }, 401);
    return next();
  });
  app.get('/api/v1/status', (context) => context.json(shown.status()));
  app.get('/api/v1/passes', async (context) => {
    const limit = limitOf(context.req.query('limit'));
    if (limit === undefined)
      return context.json({ error: `limit is a number from 1 to ${longestPage}` }, 400);
    const items = await shown.passes(limit + 1, context.req.query('page'));
    const page = items.slice(0, limit);
    return context.json({
      items: page,
      nextPage: items.length > limit ? (page.at(-1)?.pass ?? null) : null,
    });
  });
  app.get('/api/v1/passes/:pass', async (context) => {
    const report = await shown.report(context.req.param('pass'));
    return report
      ? context.json(report)
      : context.json({ error: 'no report of this pass is kept' }, 404);
  });
  app.notFound((context) => context.json({ error: 'there is nothing here' }, 404));
  return app;
}

function bears(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function limitOf(text: string | undefined): number | undefined {
  const limit = Number(text ?? 50);
  return Number.isInteger(limit) && limit >= 1 && limit <= longestPage ? limit : undefined;
}
