import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { Clock } from '../model/time/clock.ts';
import type { PassSummary } from '../model/pass/report.ts';
import { jsonText } from '../model/text/visible.ts';
import { json } from './exchange.ts';

/** Server-sent events for everyone who listens (INTERFACE 5): one for each pass that ends. */
export interface Events {
  /** The answer to one listener. It lasts until he leaves, stops reading, or the events are closed; 503 when too many listen already. */
  readonly answer: (context: Context) => Response;
  /** Tells everyone of a pass that has ended. */
  readonly passEnded: (pass: PassSummary) => void;
  /** Ends every answer, and resolves when what was written is on its way; nobody is waited for long. */
  close(): Promise<void>;
}

/** How often a line is sent that says nothing: proxies close what is silent for long. */
const heartbeatMs = 15_000;

/** How long a listener who does not read keeps the server from closing. */
const patienceMs = 1000;

/** How many may listen at once: whoever listens keeps a connection. */
export const mostListeners = 64;

/** When one who could not get in may try again, in seconds. */
const tryAgainSeconds = 30;

/** How many events may wait for a listener who does not read, before he is dropped. */
const mostWaiting = 16;

type Tell = (pass: PassSummary) => Promise<void>;

/** Events that nobody listens to yet. */
export function createEvents(clock: Pick<Clock, 'sleep'>): Events {
  const closing = new AbortController();
  const listeners = new Set<Tell>();
  const ends = new Set<Promise<unknown>>();
  return {
    answer(context) {
      if (listeners.size >= mostListeners)
        return json(context, { error: 'too many listen already' }, 503, {
          'retry-after': String(tryAgainSeconds),
        });
      if (context.req.method === 'HEAD')
        return context.body(null, 200, { 'content-type': 'text/event-stream' });
      const end = endOf(context);
      ends.add(end);
      void end.then(() => ends.delete(end));
      return streamSSE(context, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const tell = teller(stream, () => outgoingOf(context)?.destroy());
        listeners.add(tell);
        await beat(clock, AbortSignal.any([closing.signal, gone.signal]), (text) =>
          stream.write(text),
        );
        listeners.delete(tell);
      });
    },
    passEnded(pass) {
      for (const tell of listeners) void tell(pass);
    },
    async close() {
      closing.abort();
      const sent = new AbortController();
      const patience = clock.sleep(patienceMs, sent.signal).catch(() => undefined);
      await Promise.race([Promise.all(ends), patience]);
      sent.abort();
    },
  };
}

/** Tells one listener of passes; `drop` ends the connection of one who does not read what he asked for. */
function teller(stream: Pick<SSEStreamingApi, 'writeSSE'>, drop: () => void): Tell {
  let waiting = 0;
  return async (pass) => {
    waiting += 1;
    if (waiting > mostWaiting) return drop();
    const data = jsonText(summaryOf(pass));
    await stream.writeSSE({ event: 'pass', id: pass.pass, data });
    waiting -= 1;
  };
}

/** Writes a comment at once, so that the listener knows he is heard, and then again and again until it is over. */
async function beat(
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

/** Resolves when the answer has gone out, or the listener has. */
async function endOf(context: Context): Promise<void> {
  const outgoing = outgoingOf(context);
  if (outgoing) await once(outgoing, 'close').catch(() => undefined);
}

const outgoingOf = ({ env }: Context): ServerResponse | undefined =>
  (env as { outgoing?: ServerResponse } | undefined)?.outgoing;

/** A report holds more than its summary. */
const summaryOf = ({
  pass,
  trigger,
  mode,
  startedAt,
  finishedAt,
  summary,
}: PassSummary): PassSummary => ({ pass, trigger, mode, startedAt, finishedAt, summary });
