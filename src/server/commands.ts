import type { Context, Env, Hono } from 'hono';
import type { BlankInput } from 'hono/types';
import { json, on, readBody, requestOf } from './exchange.ts';
import { longestBody, tooLong } from './refuse.ts';
import type { RequestLog } from './requestLog.ts';

/** The changes that a request may ask for. `kind` and `name` must be those of a resource in the last report. */
export interface Commands {
  /** Requests a pass. */
  reconcile(): void;
  /**
   * Lifts the limits for the plan of the last pass if it has this digest. Any result but `approved` is the reason why
   * not.
   */
  approve(
    pass: string,
    digest: string,
  ): Promise<'approved' | 'unknown pass' | 'older pass' | 'other digest'>;
  /** Suspends a resource. Resolves to false if the last report has no such resource. */
  suspend(kind: string, name: string): Promise<boolean>;
  /** Ends the suspension of a resource. Resolves to false if the last report has no such resource. */
  resume(kind: string, name: string): Promise<boolean>;
}

export const unknownResource = { error: 'the last pass found no such resource' };

/** Adds the routes that change something. Each change is logged. */
export function addCommands(app: Hono, commands: Commands, log: RequestLog): void {
  onCommand(app, '/api/v1/reconcile', (context) => {
    commands.reconcile();
    log.done(requestOf(context), 'a pass was requested');
    return json(context, { status: 'requested' }, 202);
  });
  onCommand(app, '/api/v1/passes/:pass/approve', async (context, body) => {
    const digest = digestIn(body);
    if (typeof digest !== 'string')
      return json(
        context,
        { error: 'the body must hold the digest of the plan: {"digest": "…"}' },
        400,
      );
    const pass = context.req.param('pass');
    const result = await commands.approve(pass, digest);
    if (result === 'unknown pass')
      return json(context, { error: 'no report of this pass is kept' }, 404);
    if (result === 'older pass')
      return json(
        context,
        { error: 'only the plan of the last pass can be approved, and this pass is older' },
        409,
      );
    if (result === 'other digest')
      return json(context, { error: 'the plan of this pass has another digest' }, 409);
    log.done(requestOf(context), 'a plan was approved', { pass, digest });
    return json(context, { status: 'approved' }, 202);
  });
  for (const verb of ['suspend', 'resume'] as const)
    onCommand(app, `/api/v1/resources/:kind/:name/${verb}`, async (context) => {
      const { kind, name } = context.req.param();
      if (!(await commands[verb](kind, name))) return json(context, unknownResource, 404);
      const status = verb === 'suspend' ? 'suspended' : 'resumed';
      log.done(requestOf(context), `a resource was ${status}`, { resource: `${kind}/${name}` });
      return json(context, { status }, 202);
    });
}

/** Adds the route of a command. Its body is read after the token was checked. */
const onCommand = <Path extends string>(
  app: Hono,
  path: Path,
  handler: (context: Context<Env, Path, BlankInput>, body: string) => Response | Promise<Response>,
): void =>
  on(app, 'POST', path, async (context) => {
    const body = await readBody(context, longestBody);
    return body ? handler(context, body.toString()) : json(context, tooLong(longestBody), 413);
  });

function digestIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly digest?: unknown } | null)?.digest;
  } catch {
    return undefined;
  }
}
