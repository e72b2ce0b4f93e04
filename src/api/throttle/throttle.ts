/**
 * The throttle: tasks in, started within the rate and the concurrency. rateLimiter.ts decides how long the next start
 * waits, by rateWindow.ts at the rate of adaptiveRate.ts, which learns from loadSignal.ts and latency.ts. queueGate.ts
 * opens and closes the queue.
 */

import PQueue from 'p-queue';
import type { ThrottleMemory, ThrottleState } from '../../model/api.ts';
import type { Clock } from '../../model/time/clock.ts';
import type { LoadSignal } from './adaptiveRate.ts';
import { createQueueGate } from './queueGate.ts';
import { createRateLimiter, type RateLimiterOptions } from './rateLimiter.ts';

/** The limits: a burst, a rate over time, and the number of requests in flight. */
export interface ThrottleOptions extends RateLimiterOptions {
  /** The number of requests that may be in flight. At least 1. */
  readonly concurrency: number;
}

/** What comes from an earlier process, and goes to the next one. */
export interface ThrottleHistory {
  /** What an earlier process has learnt about the rate. Default: nothing. */
  readonly memory?: ThrottleMemory | undefined;
  /** Called when the rate was decreased. */
  readonly onLowered?: () => void;
}

/** How a task is queued. */
export interface QueueOptions {
  /** Aborting it removes a queued task, whose promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Higher priorities start first. Default: 0. */
  readonly priority?: number;
}

/** Called by a task, at its end, with what it shows about the load. A task may leave it out. */
export type ReportLoad = (ending: LoadSignal) => void;

/** The queue through which every request passes. */
export interface Throttle {
  /** Runs the task when the rate and the concurrency allow it. */
  run<Result>(
    task: (tell: ReportLoad) => Promise<Result>,
    queueOptions?: QueueOptions,
  ): Promise<Result>;
  /** Lets nothing start before this instant (milliseconds since 1970). The latest of several counts. */
  pauseUntil(instant: number): void;
  /** Returns the total time in milliseconds that tasks waited for their start. */
  waitedMs(): number;
  /** Returns what was learnt about the rate limit. */
  limit(): ThrottleMemory['limit'];
  /** Returns the present state. */
  state(): ThrottleState;
  /** Removes queued tasks, whose promises reject. Resolves when the running ones have ended. */
  stop(): Promise<void>;
}

/**
 * Creates a throttle. In no `burst / requestsPerSecond` seconds do more than `burst` tasks start, which enforces both
 * limits. With `adaptive`, the rate is found by trial, and bursts are small. PQueue keeps the order and the
 * concurrency; the gate decides when tasks start (docs/decisions/0006-rate-limiting.md). All waits use the
 * monotonic clock.
 */
export function createThrottle(
  options: ThrottleOptions,
  clock: Clock,
  { memory, onLowered }: ThrottleHistory = {},
): Throttle {
  const queue = new PQueue({ concurrency: Math.max(1, Math.floor(options.concurrency)) });
  const now = (): number => clock.steady();
  const pacer = createRateLimiter(options, memory && { of: memory, now: clock.now().getTime() });
  let pausedUntil = -Infinity;
  const gate = createQueueGate(
    queue,
    () => Math.max(pausedUntil - now(), pacer.wait(now())),
    clock,
  );
  const counters = { waited: 0, refused: 0 };

  const reporterOf =
    (start: number): ReportLoad =>
    (ending) => {
      if (ending === 'limited') counters.refused += 1;
      const isLowered = pacer.ended({ ending, start, end: now(), waiting: queue.size > 0 });
      gate.look();
      if (isLowered) onLowered?.();
    };

  return {
    run(task, queueOptions) {
      const queuedAt = now();
      const result = queue.add(() => {
        const start = now();
        counters.waited += start - queuedAt;
        pacer.started(start);
        gate.look();
        return task(reporterOf(start));
      }, queueOptions);
      gate.look();
      return result;
    },
    pauseUntil(instant) {
      pausedUntil = Math.max(pausedUntil, now() + instant - clock.now().getTime());
      gate.look();
    },
    waitedMs: () => counters.waited,
    limit: () => pacer.limit(),
    state: () => ({
      ...pacer.state(now()),
      waiting: queue.size,
      running: queue.pending,
      refused: counters.refused,
    }),
    stop() {
      gate.stop();
      queue.clear();
      return queue.onIdle();
    },
  };
}
