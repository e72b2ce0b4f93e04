import type { PendingMessage } from '../model/notify/alert.ts';
import type { Clock } from '../model/time/clock.ts';
import type { Log } from '../model/log.ts';
import type { NotificationStore } from '../model/store.ts';
import type { ConfiguredSink } from './alertChanges.ts';
import type { Deliver } from './openSink.ts';

/** What became of an attempt to deliver a message. */
export type DeliveryOutcome = 'delivered' | 'retried' | 'dropped' | 'gone';

/** The state of a sink, for the status. */
export interface SinkStatus {
  readonly sink: string;
  /** The messages that wait to be delivered. */
  readonly pending: number;
  /** When the oldest of them was made, RFC 3339; null: none waits. */
  readonly oldest: string | null;
  /** Why the last attempt failed; null if it succeeded, or if there was none. */
  readonly error: string | null;
  /** The receiver answered that it is gone: nothing is sent to it before a restart. */
  readonly off: boolean;
}

export interface OutboxOptions {
  readonly store: NotificationStore;
  readonly deliver: Deliver;
  readonly clock: Clock;
  /** A random number in [0, 1), to spread pauses. */
  readonly random: () => number;
  readonly log: Log;
  /** Called after each attempt. */
  readonly onAttempt: (sink: string, outcome: DeliveryOutcome) => void;
}

/** Delivers the messages that the store keeps. */
export interface Outbox {
  /**
   * Attempts each message that is due, in order for each sink: one that cannot be delivered holds the later ones of its
   * sink, and of no other. Resolves to when the next one is due; undefined: none waits. Rejects with a `StoreError`.
   */
  deliverDue(sinks: readonly ConfiguredSink[], stop: AbortSignal): Promise<Date | undefined>;
  /** The state of each sink after the last attempts. */
  status(): readonly SinkStatus[];
}

/** Pauses after failed attempts, in milliseconds: Standard Webhooks' schedule. The last one repeats. */
const pausesMs = [5000, 60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 5 * 3_600_000];

/** The age at which a message is dropped, in milliseconds. */
const oldestMs = 24 * 3_600_000;

/** Makes an outbox over the messages of a store. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { store, clock, log, onAttempt } = options;
  const gone = new Set<string>();
  const errors = new Map<string, string>();
  let waiting: readonly PendingMessage[] = [];
  let configured: readonly ConfiguredSink[] = [];

  /** Attempts a message. Resolves to whether the next one of the sink may follow. */
  const attempt = async (pending: PendingMessage, { id, notification }: ConfiguredSink) => {
    const { message, attempts } = pending;
    // Recorded first: after a crash in the middle, the pause is kept, and a receiver is not flooded.
    const nextAt = clock.now().getTime() + pauseOf(attempts, options.random());
    await store.recordAttempt(id, message.id, new Date(nextAt).toISOString());
    const delivery = await options.deliver(message, notification);
    const fields = { sink: id, message: message.id, attempts: attempts + 1 };
    if (delivery.result === 'delivered') {
      errors.delete(id);
      await store.removeMessage(id, message.id);
      log.info({ ...fields, event: message.event }, 'notification delivered');
      onAttempt(id, 'delivered');
      return true;
    }
    errors.set(id, delivery.reason);
    if (delivery.result === 'gone') {
      gone.add(id);
      log.error({ ...fields, reason: delivery.reason }, 'notifications off until the next start');
      onAttempt(id, 'gone');
      return false;
    }
    if (clock.now().getTime() - Date.parse(message.at) >= oldestMs) {
      await store.removeMessage(id, message.id);
      log.error({ ...fields, reason: delivery.reason }, 'notification dropped after a day');
      onAttempt(id, 'dropped');
      return true;
    }
    const asked = clock.now().getTime() + (delivery.afterMs ?? 0);
    if (asked > nextAt) await store.postponeMessage(id, message.id, new Date(asked).toISOString());
    log.warn({ ...fields, reason: delivery.reason }, 'notification not delivered; trying again');
    onAttempt(id, 'retried');
    return false;
  };

  const deliverTo = async (
    sink: ConfiguredSink,
    messages: readonly PendingMessage[],
    stop: AbortSignal,
  ): Promise<void> => {
    if (gone.has(sink.id)) return;
    for (const pending of messages) {
      if (stop.aborted || Date.parse(pending.nextAt) > clock.now().getTime()) return;
      if (!(await attempt(pending, sink))) return;
    }
  };

  return {
    async deliverDue(sinks, stop) {
      configured = sinks;
      const bySink = Map.groupBy(await store.pendingMessages(), ({ sink }) => sink);
      await Promise.all(sinks.map((sink) => deliverTo(sink, bySink.get(sink.id) ?? [], stop)));
      waiting = await store.pendingMessages();
      const ids = new Set(sinks.map(({ id }) => id));
      const due = waiting.filter(({ sink }) => ids.has(sink) && !gone.has(sink));
      return due.length === 0
        ? undefined
        : new Date(Math.min(...firstOfEach(due).map(({ nextAt }) => Date.parse(nextAt))));
    },
    status: () =>
      configured.map(({ id }) => {
        const messages = waiting.filter(({ sink }) => sink === id);
        return {
          sink: id,
          pending: messages.length,
          oldest: messages[0]?.message.at ?? null,
          error: errors.get(id) ?? null,
          off: gone.has(id),
        };
      }),
  };
}

/** The message of each sink that must go first. */
const firstOfEach = (messages: readonly PendingMessage[]): readonly PendingMessage[] =>
  [...Map.groupBy(messages, ({ sink }) => sink).values()].flatMap(([first]) => first ?? []);

/** The pause after the attempt that follows `attempts` others, spread by a fifth. */
const pauseOf = (attempts: number, random: number): number =>
  (pausesMs[attempts] ?? pausesMs.at(-1) ?? 0) * (0.9 + 0.2 * random);
