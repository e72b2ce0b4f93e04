import PQueue from 'p-queue';
import type { Clock } from '../model/clock.ts';

/** How much may be asked of the API: a burst at once, a rate over time, and so many requests under way. */
export interface ThrottleOptions {
  /** The long-run average. Above 0; fractions are allowed. */
  readonly requestsPerSecond: number;
  /** How many requests may start together. At least 1. */
  readonly burst: number;
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

/** The one gate that every request passes. */
export interface Throttle {
  /** Runs the task once it has a token and a place. */
  run<Result>(task: () => Promise<Result>, place?: Place): Promise<Result>;
  /** Nothing starts before that instant (milliseconds since 1970); of several, the latest counts. */
  pauseUntil(instant: number): void;
  /** Milliseconds that tasks have waited for their start, added up. */
  waitedMs(): number;
  /** Takes out what waits, whose promises reject, and ends when what runs has ended. */
  stop(): Promise<void>;
}

/**
 * Tokens by a true sliding window: in no stretch of `burst / requestsPerSecond` seconds do more than `burst` tasks start,
 * which is both the burst and the rate. The limiter below it reads the machine's time, so a clock set back delays requests
 * by as much, and never lets more through.
 */
export function createThrottle(options: ThrottleOptions, clock: Clock): Throttle {
  const burst = Math.max(1, Math.floor(options.burst));
  const queue = new PQueue({
    strict: true,
    intervalCap: burst,
    interval: (burst / options.requestsPerSecond) * 1000,
    concurrency: Math.max(1, Math.floor(options.concurrency)),
  });
  const pause = createPause(queue, clock);
  let waited = 0;
  return {
    run(task, place) {
      const since = clock.now().getTime();
      return queue.add(() => {
        waited += Math.max(0, clock.now().getTime() - since);
        return task();
      }, place);
    },
    pauseUntil: (instant) => pause.until(instant),
    waitedMs: () => waited,
    stop() {
      pause.stop();
      queue.clear();
      return queue.onIdle();
    },
  };
}

/** Holds the queue until the latest instant that it was told of. */
function createPause(queue: PQueue, clock: Clock) {
  const stopped = new AbortController();
  let end = 0;
  const rest = (): number => end - clock.now().getTime();
  const resume = async (): Promise<void> => {
    while (rest() > 0) await clock.sleep(rest(), stopped.signal);
    queue.start();
  };
  return {
    until(instant: number): void {
      end = Math.max(end, instant);
      if (queue.isPaused || stopped.signal.aborted) return;
      queue.pause();
      resume().catch((error: unknown) => {
        if (!stopped.signal.aborted) throw error;
      });
    },
    stop: () => stopped.abort(),
  };
}
