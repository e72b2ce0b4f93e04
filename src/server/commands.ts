import type { Context, Env, Hono } from 'hono';
import type { BlankInput } from 'hono/types';
import { everything } from '../model/pass/suspension.ts';
import type { Permission } from '../model/settings.ts';
import { json, on, readBody, requestOf } from './exchange.ts';
import { longestBody, tooLong } from './access/refuse.ts';
import type { RequestLog } from './requestLog.ts';
import { parseSuspendBody, type SuspendBody } from './bodies/suspendBody.ts';
import { mayOrRefuse, type Tokens } from './access/tokens.ts';
import { parseWakeBody, type WakeBody } from './bodies/wakeBody.ts';

/**
 * The changes that a request may ask for. A target must be everything, or a resource in the last report. `actor`: the
 * name of the token.
 */
export interface Commands {
  /**
   * Requests a pass. Resolves to the time of the request, RFC 3339: the pass begins later. `traceparent`: the W3C trace
   * context of the request, unchecked; undefined: it has none.
   */
  reconcile(actor: string, traceparent: string | undefined): Promise<string>;
  /**
   * Lifts the limits for the plan of the last pass if it has this digest. Any result but `approved` is the reason why
   * not.
   */
  approve(
    pass: string,
    digest: string,
    actor: string,
  ): Promise<'approved' | 'unknown pass' | 'older pass' | 'other digest'>;
  /** Suspends a resource, or everything. Any result but `done` is the reason why not. */
  suspend(
    target: CommandTarget,
    suspension: SuspendBody,
    actor: string,
  ): Promise<'done' | 'unknown resource' | 'past end'>;
  /** Ends the suspension of a resource, or of everything. */
  resume(target: CommandTarget, actor: string): Promise<'done' | 'unknown resource'>;
  /** Overrides the timetable of a resource, or ends that. Any result but `done` is the refusal. */
  wake(
    target: Exclude<CommandTarget, string>,
    wake: WakeBody,
    actor: string,
  ): Promise<'done' | { readonly status: 400 | 404 | 409; readonly error: string }>;
}

/** A resource, or everything. */
export type CommandTarget = typeof everything | { readonly kind: string; readonly name: string };

export const unknownResource = { error: 'the last pass found no such resource' };

/** The status and message of an approval that was refused. */
const refusedApprovals = {
  'unknown pass': [404, 'no report of this pass is kept'],
  'older pass': [409, 'only the plan of the last pass can be approved, and this pass is older'],
  'other digest': [409, 'the plan of this pass has another digest'],
} as const;

/** Who sent a request, and its body. */
interface Caller {
  /** The name of the token. */
  readonly actor: string;
  readonly body: string;
}

/** Adds the routes that change something. Each change is logged with the name of its token. */
export function addCommands(app: Hono, commands: Commands, tokens: Tokens, log: RequestLog): void {
  /** Adds a route for requests whose token has the permission. The body is read after that was checked. */
  const onCommand = <Path extends string>(
    path: Path,
    permission: Permission,
    handler: (context: Context<Env, Path, BlankInput>, caller: Caller) => Promise<Response>,
  ): void =>
    on(app, 'POST', path, async (context) => {
      const token = mayOrRefuse(context, tokens, permission, log);
      if (token instanceof Response) return token;
      const body = await readBody(context, longestBody);
      return body
        ? handler(context, { actor: token.name, body: body.toString() })
        : json(context, tooLong(longestBody), 413);
    });
  onCommand('/api/v1/reconcile', 'reconcile', async (context, { actor }) => {
    const requestedAt = await commands.reconcile(actor, context.req.header('traceparent'));
    log.done(requestOf(context), 'a pass was requested', { actor });
    return json(context, { status: 'requested', requestedAt }, 202);
  });
  onCommand('/api/v1/passes/:pass/approve', 'approve', async (context, { actor, body }) => {
    const digest = digestIn(body);
    if (typeof digest !== 'string')
      return json(
        context,
        { error: 'the body must hold the digest of the plan: {"digest": "…"}' },
        400,
      );
    const pass = context.req.param('pass');
    const result = await commands.approve(pass, digest, actor);
    if (result !== 'approved') {
      const [status, error] = refusedApprovals[result];
      return json(context, { error }, status);
    }
    log.done(requestOf(context), 'a plan was approved', { actor, pass, digest });
    return json(context, { status: 'approved' }, 202);
  });
  const suspend = async (context: Context, target: CommandTarget, { actor, body }: Caller) => {
    const suspension = parseSuspendBody(body);
    if (typeof suspension === 'string') return json(context, { error: suspension }, 400);
    const result = await commands.suspend(target, suspension, actor);
    if (result === 'past end') return json(context, { error: 'until is in the past' }, 400);
    if (result === 'unknown resource') return json(context, unknownResource, 404);
    log.done(requestOf(context), suspendedMessage(target), {
      actor,
      ...fieldsOf(target),
      ...suspension,
    });
    return json(context, { status: 'suspended' }, 202);
  };
  const resume = async (context: Context, target: CommandTarget, { actor }: Caller) => {
    const result = await commands.resume(target, actor);
    if (result === 'unknown resource') return json(context, unknownResource, 404);
    log.done(requestOf(context), resumedMessage(target), { actor, ...fieldsOf(target) });
    return json(context, { status: 'resumed' }, 202);
  };
  onCommand('/api/v1/resources/:kind/:name/wake', 'suspend', async (context, { actor, body }) => {
    const wake = parseWakeBody(body);
    if (typeof wake === 'string') return json(context, { error: wake }, 400);
    const target = context.req.param();
    const result = await commands.wake(target, wake, actor);
    if (result !== 'done') return json(context, { error: result.error }, result.status);
    const isCancelled = wake.until === null;
    const message = isCancelled ? 'a wake was cancelled' : 'a timetable was overridden';
    log.done(requestOf(context), message, { actor, ...fieldsOf(target), ...wake });
    return json(context, { status: isCancelled ? 'cancelled' : 'awake' }, 202);
  });
  for (const [verb, run] of [
    ['suspend', suspend],
    ['resume', resume],
  ] as const) {
    onCommand(`/api/v1/${verb}`, 'suspend', (context, caller) => run(context, everything, caller));
    onCommand(`/api/v1/resources/:kind/:name/${verb}`, 'suspend', (context, caller) =>
      run(context, context.req.param(), caller),
    );
  }
}

const suspendedMessage = (target: CommandTarget): string =>
  target === everything ? 'everything was suspended' : 'a resource was suspended';

const resumedMessage = (target: CommandTarget): string =>
  target === everything ? 'everything was resumed' : 'a resource was resumed';

const fieldsOf = (target: CommandTarget): object =>
  target === everything ? {} : { resource: `${target.kind}/${target.name}` };

function digestIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly digest?: unknown } | null)?.digest;
  } catch {
    return undefined;
  }
}
