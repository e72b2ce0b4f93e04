import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Clock } from '../model/clock.ts';
import type { PassSummary } from '../model/report.ts';

/** Server-sent events for everyone who listens (INTERFACE 5): one for each pass that ends. */
export interface Events {
  /** The answer to one listener. It lasts until he leaves or the events are closed. */
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

type Tell = (pass: PassSummary) => Promise<void>;

/** Events that nobody listens to yet. */
export function createEvents(clock: Pick<Clock, 'sleep'>): Events {
  const closing = new AbortController();
  const listeners = new Set<Tell>();
  const ends = new Set<Promise<unknown>>();
  return {
    answer: (context) => {
      const end = endOf(context);
      ends.add(end);
      void end.then(() => ends.delete(end));
      return streamSSE(context, async (stream) => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const tell: Tell = (pass) =>
          stream.writeSSE({ event: 'pass', id: pass.pass, data: JSON.stringify(summaryOf(pass)) });
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
async function endOf({ env }: Context): Promise<void> {
  const { outgoing } = env as { outgoing?: ServerResponse };
  if (outgoing) await once(outgoing, 'close').catch(() => undefined);
}

/** A report holds more than its summary. */
const summaryOf = ({
  pass,
  trigger,
  mode,
  startedAt,
  finishedAt,
  summary,
}: PassSummary): PassSummary => ({ pass, trigger, mode, startedAt, finishedAt, summary });
