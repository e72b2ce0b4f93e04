import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { Clock } from '../model/time/clock.ts';
import type { PassSummary } from '../model/pass/report.ts';
import { jsonText } from '../model/text/visible.ts';
import { json } from './exchange.ts';

/** Server-sent events (INTERFACE 5): one per pass that ends. */
export interface Events {
  /**
   * The response to a new listener. It ends when the listener disconnects or stops reading, or on `close`. 503 if there
   * are too many listeners.
   */
  readonly answer: (context: Context) => Response;
  /** Sends the event of a pass to all listeners. */
  readonly passEnded: (pass: PassSummary) => void;
  /** Ends all responses. Resolves once they are sent, or after a second. */
  close(): Promise<void>;
}

/** The interval of comment lines: proxies close connections that are silent for long. */
const heartbeatMs = 15_000;

/** How long `close` waits for listeners that do not read. */
const closeTimeoutMs = 1000;

/** The number of listeners: each keeps a connection open. */
export const mostListeners = 64;

/** The `Retry-After` of a refused listener, in seconds. */
const retryAfterSeconds = 30;

/** The number of unread events after which a listener is disconnected. */
const maxUnread = 16;

type Send = (pass: PassSummary) => Promise<void>;

/** Makes events without listeners. */
export function createEvents(clock: Pick<Clock, 'sleep'>): Events {
  const closing = new AbortController();
  const listeners = new Set<Send>();
  const ends = new Set<Promise<unknown>>();
  return {
    answer(context) {
      if (listeners.size >= mostListeners)
        return json(context, { error: 'there are too many listeners' }, 503, {
          'retry-after': String(retryAfterSeconds),
        });
      if (context.req.method === 'HEAD')
        return context.body(null, 200, { 'content-type': 'text/event-stream' });
      const end = endOf(context);
      ends.add(end);
      void end.then(() => ends.delete(end));
      return streamSSE(context, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const send = createSender(stream, () => outgoingOf(context)?.destroy());
        listeners.add(send);
        await sendHeartbeats(clock, AbortSignal.any([closing.signal, gone.signal]), (text) =>
          stream.write(text),
        );
        listeners.delete(send);
      });
    },
    passEnded(pass) {
      for (const send of listeners) void send(pass);
    },
    async close() {
      closing.abort();
      const sent = new AbortController();
      const timeout = clock.sleep(closeTimeoutMs, sent.signal).catch(() => undefined);
      await Promise.race([Promise.all(ends), timeout]);
      sent.abort();
    },
  };
}

/** Makes the function that sends events to one listener; `drop` disconnects a listener that does not read. */
function createSender(stream: Pick<SSEStreamingApi, 'writeSSE'>, drop: () => void): Send {
  let unread = 0;
  return async (pass) => {
    unread += 1;
    if (unread > maxUnread) return drop();
    const data = jsonText(summaryOf(pass));
    await stream.writeSSE({ event: 'pass', id: pass.pass, data });
    unread -= 1;
  };
}

/**
 * Writes a comment at once, so that the client sees the connection is open, and then at each heartbeat until `over`.
 */
async function sendHeartbeats(
  clock: Pick<Clock, 'sleep'>,
  over: AbortSignal,
  write: (text: string) => Promise<unknown>,
): Promise<void> {
  while (!over.aborted) {
    await write(': holdfast\n\n');
    await clock.sleep(heartbeatMs, over).catch((error: unknown) => {
      if (!over.aborted) throw error;
    });
  }
}

/** Resolves when the response has been sent, or the listener has disconnected. */
async function endOf(context: Context): Promise<void> {
  const outgoing = outgoingOf(context);
  if (outgoing) await once(outgoing, 'close').catch(() => undefined);
}

const outgoingOf = ({ env }: Context): ServerResponse | undefined =>
  (env as { outgoing?: ServerResponse } | undefined)?.outgoing;

/** Only the summary of a pass, since the argument may be a whole report. */
const summaryOf = ({
  pass,
  trigger,
  mode,
  startedAt,
  finishedAt,
  summary,
}: PassSummary): PassSummary => ({ pass, trigger, mode, startedAt, finishedAt, summary });
