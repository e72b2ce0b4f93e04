// Webhooks of forges. In: a request to /hooks/FORGE, signed with the secret. Out: at most one call of `onHook`. Nothing
// of the request is used beyond its headers and its signature: what a push contains is fetched from the repository.

import { createHmac } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { Clock } from '../model/time/clock.ts';
import { json, on, readBody, requestOf } from './exchange.ts';
import { longestHook, tooLong } from './access/refuse.ts';
import { clipped, type RequestLog } from './requestLog.ts';
import { isSameSecret } from './access/tokens.ts';

/** What became of a webhook. `off`: no secret is set. `ignored`: its event is not a push. `repeated`: a known delivery. */
export type HookResult =
  | 'accepted'
  | 'ignored'
  | 'repeated'
  | 'unsigned'
  | 'refused'
  | 'tooLong'
  | 'unreadable'
  | 'off';

/** Where the server learns the secret of webhooks, and whom it tells of them. */
export interface Hooks {
  /** Reads the secret; called once per request. Undefined: none is set, and the paths do not exist. */
  secret(): Promise<string | undefined>;
  /** A push was announced. Must return at once: the response waits for it. */
  onHook(): void;
  /** Counts a request. */
  onEnded(forge: HookForge, result: HookResult): void;
  readonly clock: Pick<Clock, 'steady'>;
}

const hookForges = ['github', 'gitlab', 'gitea'] as const;
export type HookForge = (typeof hookForges)[number];

/** How a forge signs and names its webhooks. */
interface HookForm {
  /** The headers that may hold the signature, and its prefix there. */
  readonly signatures: readonly (readonly [header: string, prefix: string])[];
  /** `hmac`: the HMAC-SHA256 of the body in hex. `secret`: the secret itself. */
  readonly signs: 'hmac' | 'secret';
  readonly event: readonly string[];
  readonly pushes: readonly string[];
  readonly delivery: readonly string[];
}

const forms: Readonly<Record<HookForge, HookForm>> = {
  github: {
    signatures: [['x-hub-signature-256', 'sha256=']],
    signs: 'hmac',
    event: ['x-github-event'],
    pushes: ['push'],
    delivery: ['x-github-delivery'],
  },
  gitlab: {
    signatures: [['x-gitlab-token', '']],
    signs: 'secret',
    event: ['x-gitlab-event'],
    pushes: ['Push Hook', 'Tag Push Hook'],
    delivery: ['x-gitlab-event-uuid'],
  },
  gitea: {
    signatures: [
      ['x-gitea-signature', ''],
      ['x-forgejo-signature', ''],
      ['x-hub-signature-256', 'sha256='],
    ],
    signs: 'hmac',
    event: ['x-gitea-event', 'x-forgejo-event'],
    pushes: ['push'],
    delivery: ['x-gitea-delivery', 'x-forgejo-delivery'],
  },
};

/**
 * Adds the routes of webhooks. They need no token: 404 without a secret, 401 without a valid signature, 413 for a body
 * over `longestHook`, and else 202, whatever the event.
 */
export function addHooks(app: Hono, hooks: Hooks, log: RequestLog): void {
  const isRepeated = createDeliveries(hooks.clock);
  for (const forge of hookForges)
    on(app, 'POST', `/hooks/${forge}`, async (context) => {
      const result = await judge(context, forms[forge], hooks, (id) =>
        isRepeated(`${forge} ${id}`),
      );
      hooks.onEnded(forge, result);
      const { status, body, logged } = answers[result];
      if (logged !== undefined)
        log[result === 'accepted' ? 'done' : 'refused'](requestOf(context), logged, { forge });
      if (result === 'accepted') hooks.onHook();
      return json(context, body, status);
    });
}

const noSignature = { error: 'the signature of the webhook is missing or not valid' };

const answers: Readonly<
  Record<HookResult, { status: 202 | 401 | 404 | 413 | 503; body: object; logged?: string }>
> = {
  accepted: { status: 202, body: { status: 'accepted' }, logged: 'a webhook announced a push' },
  ignored: { status: 202, body: { status: 'ignored' } },
  repeated: { status: 202, body: { status: 'repeated' } },
  unsigned: { status: 401, body: noSignature, logged: 'webhook refused: it has no signature' },
  refused: { status: 401, body: noSignature, logged: 'webhook refused: its signature is wrong' },
  tooLong: { status: 413, body: tooLong(longestHook) },
  unreadable: {
    status: 503,
    body: { error: 'the secret of webhooks cannot be read; see the log of Holdfast' },
    logged: 'webhook refused: settings.git.webhookSecret cannot be read',
  },
  off: { status: 404, body: { error: 'no such path' } },
};

async function judge(
  context: Context,
  form: HookForm,
  hooks: Hooks,
  isRepeated: (delivery: string) => boolean,
): Promise<HookResult> {
  const secret = await hooks.secret().catch(() => null);
  if (secret === null) return 'unreadable';
  if (secret === undefined || secret === '') return 'off';
  const header = (names: readonly string[]) =>
    names.map((name) => context.req.header(name)).find((value) => value !== undefined);
  if (header(form.signatures.map(([name]) => name)) === undefined) return 'unsigned';
  const body = await readBody(context, longestHook);
  if (!body) return 'tooLong';
  const expected =
    form.signs === 'secret' ? secret : createHmac('sha256', secret).update(body).digest('hex');
  const isValid = form.signatures.some(([name, prefix]) =>
    isSameSecret(context.req.header(name), prefix + expected),
  );
  if (!isValid) return 'refused';
  if (!form.pushes.includes(header(form.event) ?? '')) return 'ignored';
  const delivery = header(form.delivery);
  return delivery !== undefined && isRepeated(delivery) ? 'repeated' : 'accepted';
}

/** How long a delivery is remembered, in milliseconds. */
const rememberedMs = 10 * 60_000;

/** The number of deliveries that are remembered. */
const maxRemembered = 1000;

/** Makes a function that returns whether it was called with the same delivery in the last ten minutes. */
function createDeliveries(clock: Hooks['clock']): (delivery: string) => boolean {
  const seen = new Map<string, number>();
  return (delivery) => {
    const now = clock.steady();
    for (const [key, at] of seen) {
      if (now - at < rememberedMs && seen.size < maxRemembered) break;
      seen.delete(key);
    }
    const key = clipped(delivery) ?? '';
    if (seen.has(key)) return true;
    seen.set(key, now);
    return false;
  };
}
