import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { auth } from 'hono/utils/basic-auth';
import type { PassSummary, Report, ReportedResource } from '../model/report.ts';
import { StoreError, type Deed } from '../model/store.ts';
import type { Events } from './events.ts';

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

/** `/api/v1/resources/{kind}/{name}`: the resource as reports have it, and its history, newest first. */
export interface ShownResource extends ReportedResource {
  readonly schema: 'holdfast/resource/v1';
  /** Since when it is left alone because somebody said so. */
  readonly suspended: string | null;
  readonly history: readonly Deed[];
}

/** What the server shows. */
export interface Shown {
  /** A page for people, as HTML. */
  dashboard(): Promise<string>;
  status(): Status;
  passes(limit: number, before?: string): Promise<readonly PassSummary[]>;
  report(pass: string): Promise<Report | undefined>;
  /** What the last pass found of a resource, and what was done to it before. */
  resource(kind: string, name: string): Promise<ShownResource | undefined>;
  /** What is measured, in Prometheus' text format. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
  /** Tells of passes as they end. */
  readonly events: Pick<Events, 'answer'>;
  /** Why the daemon is not ready; undefined once a pass has ended and the store answers. */
  whyNotReady(): Promise<string | undefined>;
}

/** What a request may do. Addresses are those of resources that the last pass knew. */
export interface Commands {
  /** Asks for a pass. */
  reconcile(): void;
  /** Lifts the limits for the plan of that pass, if its digest is this one; the other answers say why not. */
  approve(pass: string, digest: string): Promise<'approved' | 'unknown pass' | 'other digest'>;
  /** Leaves a resource alone, or acts on it again. False when there is none of that name. */
  suspend(kind: string, name: string): Promise<boolean>;
  resume(kind: string, name: string): Promise<boolean>;
}

/** Who may do what: `read` must be borne by everyone who reads, `write` by everyone who changes something. Not set: nobody has to, or may. */
export interface Tokens {
  readonly read: string | undefined;
  readonly write: string | undefined;
}

/** The most passes that one page holds. */
const longestPage = 200;

/** The largest body that is read. */
const longestBody = 64 * 1024;

/** What a page may do: nothing but look as it says itself. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

/**
 * The HTTP interface (INTERFACE 5). Tokens are borne as `Authorization: Bearer TOKEN`; to read, a browser may give it as the password of
 * any user (Basic). To write it may not: it would do so for any page that asks it to.
 */
export function createApp(shown: Shown, commands: Commands, tokens: Tokens): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    const why = await shown.whyNotReady();
    return why === undefined
      ? context.json({ status: 'ready' })
      : context.json({ status: why }, 503);
  });
  app.get('/metrics', async (context) => {
    const { type, text } = await shown.metrics();
    return context.body(text, 200, { 'content-type': type });
  });
  app.get('/', async (context) =>
    mayRead(context.req.raw, tokens)
      ? context.html(await shown.dashboard(), 200, pageHeaders)
      : context.text('This needs the token: any user name, and the token as the password.', 401, {
          'www-authenticate': 'Basic realm="holdfast", charset="UTF-8"',
        }),
  );
  app.use('/api/*', async (context, next) => {
    const isRead = context.req.method === 'GET' || context.req.method === 'HEAD';
    const token = tokens.write;
    if (!isRead && token === undefined)
      return context.json(
        { error: 'this needs a token; start Holdfast with HOLDFAST_TOKEN set' },
        403,
      );
    const request = context.req.raw;
    if (isRead ? !mayRead(request, tokens) : !bears(request, token))
      return context.json({ error: 'this needs the token: Authorization: Bearer TOKEN' }, 401);
    return next();
  });
  app.use('/api/*', bodyLimit({ maxSize: longestBody }));
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
  app.get('/api/v1/events', (context) => shown.events.answer(context));
  app.get('/api/v1/passes/:pass', async (context) => {
    const report = await shown.report(context.req.param('pass'));
    return report
      ? context.json(report)
      : context.json({ error: 'no report of this pass is kept' }, 404);
  });
  app.get('/api/v1/resources/:kind/:name', async (context) => {
    const { kind, name } = context.req.param();
    const found = await shown.resource(kind, name);
    return found ? context.json(found) : context.json(unknownResource, 404);
  });
  addCommands(app, commands);
  app.notFound((context) => context.json({ error: 'there is nothing here' }, 404));
  app.onError((error, context) => {
    if (error instanceof StoreError) return context.json({ error: error.message }, 503);
    if (error instanceof HTTPException) return error.getResponse();
    throw error;
  });
  return app;
}

const unknownResource = { error: 'the last pass knew no such resource' };

function addCommands(app: Hono, commands: Commands): void {
  app.post('/api/v1/reconcile', (context) => {
    commands.reconcile();
    return context.json({ status: 'requested' }, 202);
  });
  app.post('/api/v1/passes/:pass/approve', async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    const digest = (body as { digest?: unknown } | null | undefined)?.digest;
    if (typeof digest !== 'string')
      return context.json({ error: 'write the digest of the plan: {"digest": "…"}' }, 400);
    const result = await commands.approve(context.req.param('pass'), digest);
    if (result === 'approved') return context.json({ status: 'approved' }, 202);
    return result === 'unknown pass'
      ? context.json({ error: 'no report of this pass is kept' }, 404)
      : context.json({ error: 'the plan of this pass has another digest' }, 409);
  });
  for (const verb of ['suspend', 'resume'] as const)
    app.post(`/api/v1/resources/:kind/:name/${verb}`, async (context) => {
      const { kind, name } = context.req.param();
      return (await commands[verb](kind, name))
        ? context.json({ status: verb === 'suspend' ? 'suspended' : 'resumed' }, 202)
        : context.json(unknownResource, 404);
    });
}

const mayRead = (request: Request, { read }: Tokens): boolean =>
  read === undefined || bears(request, read) || isEqual(auth(request)?.password, read);

const bears = ({ headers }: Request, token: string | undefined): boolean =>
  token !== undefined && isEqual(headers.get('authorization'), `Bearer ${token}`);

function isEqual(one: string | null | undefined, other: string): boolean {
  const given = Buffer.from(one ?? '');
  const wanted = Buffer.from(other);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function limitOf(text: string | undefined): number | undefined {
  const limit = Number(text ?? 50);
  return Number.isInteger(limit) && limit >= 1 && limit <= longestPage ? limit : undefined;
}
