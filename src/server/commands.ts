import type { Hono } from 'hono';
import { json, on, requestOf } from './exchange.ts';
import type { RequestLog } from './requestLog.ts';

/** What a request may do. Addresses are those of resources that the last pass knew. */
export interface Commands {
  /** Asks for a pass. */
  reconcile(): void;
  /** Lifts the limits for the plan of the last pass, if its digest is this one; the other answers say why not. */
  approve(
    pass: string,
    digest: string,
  ): Promise<'approved' | 'unknown pass' | 'older pass' | 'other digest'>;
  /** Leaves a resource alone, or acts on it again. False when there is none of that name. */
  suspend(kind: string, name: string): Promise<boolean>;
  resume(kind: string, name: string): Promise<boolean>;
}

export const unknownResource = { error: 'the last pass knew no such resource' };

/** The requests that change something. Each leaves a line in the log. */
export function addCommands(app: Hono, commands: Commands, log: RequestLog): void {
  on(app, 'POST', '/api/v1/reconcile', (context) => {
    commands.reconcile();
    log.done(requestOf(context), 'a pass was requested');
    return json(context, { status: 'requested' }, 202);
  });
  on(app, 'POST', '/api/v1/passes/:pass/approve', async (context) => {
    const body: unknown = await context.req.json().catch(() => undefined);
    const digest = (body as { digest?: unknown } | null | undefined)?.digest;
    if (typeof digest !== 'string')
      return json(context, { error: 'write the digest of the plan: {"digest": "…"}' }, 400);
    const pass = context.req.param('pass');
    const result = await commands.approve(pass, digest);
    if (result === 'unknown pass')
      return json(context, { error: 'no report of this pass is kept' }, 404);
    if (result === 'older pass')
      return json(
        context,
        { error: 'an approval is for the last pass only, and this is an older one' },
        409,
      );
    if (result === 'other digest')
      return json(context, { error: 'the plan of this pass has another digest' }, 409);
    log.done(requestOf(context), 'a plan was approved', { pass, digest });
    return json(context, { status: 'approved' }, 202);
  });
  for (const verb of ['suspend', 'resume'] as const)
    on(app, 'POST', `/api/v1/resources/:kind/:name/${verb}`, async (context) => {
      const { kind, name } = context.req.param();
      if (!(await commands[verb](kind, name))) return json(context, unknownResource, 404);
      const status = verb === 'suspend' ? 'suspended' : 'resumed';
      log.done(requestOf(context), `a resource was ${status}`, { resource: `${kind}/${name}` });
      return json(context, { status }, 202);
    });
}
