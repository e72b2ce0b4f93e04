import { alertClasses, type Alert, type Message } from '../../../src/model/notify/alert.ts';
import type { SinkTarget } from '../../../src/model/settings.ts';
import { createDeliver } from '../../../src/notify/openSink.ts';
import { createPost } from '../../../src/notify/post.ts';
import type { Delivery } from '../../../src/notify/sink.ts';
import { serve, type Reply, type Seen } from '../../support/server.ts';

export const alertOf = (name: string, over: Partial<Alert> = {}): Alert => ({
  class: 'drift',
  kind: 'machines',
  name,
  since: '2026-11-21T10:00:00.000Z',
  reason: null,
  ...over,
});

/** Text that must neither mention anybody nor become a link. */
const hostile = '<!channel> <at>all</at> @everyone [x](http://evil.example) & <@U1>';

/** A message about an alert, another one of foreign text, and one that is over. */
export const message: Message = {
  id: '01KAPASS.sink-12345678',
  workspace: 'default',
  pass: '01KAPASS',
  at: '2026-11-21T10:00:00.000Z',
  event: 'opened',
  opened: [alertOf('a'), alertOf(hostile, { class: 'failed', reason: `no\n${hostile}` })],
  resolved: [alertOf('z')],
};

const many = Array.from({ length: 1500 }, (_, i) =>
  alertOf(`m${i}${'[🙈*'.repeat(80)}`, { reason: '*<界>'.repeat(1000) }),
);

/** A message about 3,000 alerts, with long names and reasons. */
export const largeMessage: Message = { ...message, opened: many, resolved: many };

/** When messages are delivered. */
export const now = new Date('2026-11-21T10:00:05.000Z');

/** The secret that `{ env: KEY }` names. */
export const key = 'whsec_a2V5';

/** A secret that is the URL of the receiver, `key`, or no text for a header. */
export const env = (name: 'URL' | 'KEY' | 'BROKEN') => ({ from: 'env', name }) as const;

/** What became of a message, and what the receiver got. */
interface Delivered {
  readonly delivery: Delivery;
  readonly requests: readonly Seen[];
  /** Their JSON. */
  readonly bodies: readonly unknown[];
}

/** Sends a message to a sink whose secret `URL` is `url`. */
export function send(
  sink: SinkTarget,
  url: string,
  sent: Message = message,
  stop: AbortSignal = new AbortController().signal,
): Promise<Delivery> {
  const secrets: Readonly<Record<string, string>> = { URL: url, KEY: key, BROKEN: 'canary\n' };
  const to = createDeliver({
    post: createPost({}, stop),
    read: async (source) =>
      source.from === 'value'
        ? source.value
        : (source.from === 'env' && secrets[source.name]) || '',
    dashboard: () => 'https://holdfast.example.com/',
    oneOfSeveral: sent.workspace !== 'default',
    now: () => now,
    stop,
  });
  return to(sent, {
    ...sink,
    on: alertClasses,
    kinds: null,
    labels: {},
    settle: 1,
    remind: 3_600_000,
  });
}

/** Delivers a message to a receiver on loopback, at `/hook-canary`, which gives `reply` to the n-th request (from 0). */
export async function deliver(
  target: (url: string) => SinkTarget,
  sent: Message = message,
  reply: (index: number) => Reply = () => ({}),
): Promise<Delivered> {
  await using server = await serve((_, index) => reply(index));
  const url = `${server.url}/hook-canary`;
  const delivery = await send(target(url), url, sent);
  const bodies = server.seen.map(({ body }): unknown => JSON.parse(body));
  return { delivery, requests: server.seen, bodies };
}
