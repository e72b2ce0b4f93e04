import PQueue from 'p-queue';
import type { ThrottleState } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import type { Ending } from './adaptiveRate.ts';
import { createGate } from './queueGate.ts';
import { createPacer, type PaceOptions } from './rateLimiter.ts';

/** How much may be asked of the API: a burst at once, a rate over time, and so many requests under way. */
export interface ThrottleOptions extends PaceOptions {
  /** How many requests may be under way together. At least 1. */
  readonly concurrency: number;
}

/** What a task may say of its place in the queue. */
export interface Place {
  /** Takes a waiting task out, and its promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Higher goes first. Default: 0. */
  readonly priority?: number;
}

/** By which a task tells, at its end, how it went; one that does not tell teaches nothing. */
export type Tell = (ending: Ending) => void;

/** The one gate that every request passes. */
export interface Throttle {
  /** Runs the task once it has a token and a place. */
  run<Result>(task: (tell: Tell) => Promise<Result>, place?: Place): Promise<Result>;
  /** Nothing starts before that instant (milliseconds since 1970); of several, the latest counts. */
  pauseUntil(instant: number): void;
  /** Milliseconds that tasks have waited for their start, added up. */
  waitedMs(): number;
  state(): ThrottleState;
  /** Takes out what waits, whose promises reject, and ends when what runs has ended. */
  stop(): Promise<void>;
}

/**
 * In no stretch of `burst / requestsPerSecond` seconds do more than `burst` tasks start, which is both the burst and the rate.
 * With `adaptive` the rate is found out, and bursts are small. The queue keeps the order and the places; the time it starts
 * something is ours (docs/decisions/0006-the-rate-is-reckoned-here.md). All waiting goes by time that nobody can set.
 */
export function createThrottle(options: ThrottleOptions, clock: Clock): Throttle {
  const queue = new PQueue({ concurrency: Math.max(1, Math.floor(options.concurrency)) });
  const now = (): number => clock.steady();
  const pacer = createPacer(options);
  let heldUntil = -Infinity;
  const gate = createGate(queue, () => Math.max(heldUntil - now(), pacer.wait(now())), clock);
  const count = { waited: 0, refused: 0 };

  const tellOf =
    (start: number): Tell =>
    (ending) => {
      if (ending === 'limited') count.refused += 1;
      pacer.ended({ ending, start, end: now(), waiting: queue.size > 0 });
      gate.look();
    };

  return {
    run(task, place) {
      const since = now();
      const result = queue.add(() => {
        const start = now();
        count.waited += start - since;
        pacer.started(start);
        gate.look();
        return task(tellOf(start));
      }, place);
      gate.look();
      return result;
    },
    pauseUntil(instant) {
      heldUntil = Math.max(heldUntil, now() + instant - clock.now().getTime());
      gate.look();
    },
    waitedMs: () => count.waited,
    state: () => ({
      ...pacer.state(now()),
      waiting: queue.size,
      running: queue.pending,
      refused: count.refused,
    }),
    stop() {
      gate.stop();
      queue.clear();
      return queue.onIdle();
    },
  };
}
