import type PQueue from 'p-queue';
import type { Clock } from '../../model/time/clock.ts';

/** Decides when a queue may start its next task, which the queue itself selects. */
export interface QueueGate {
  /** Checks the wait again. Must be called after everything that may change it, and after a task was queued. */
  look(): void;
  /** Stops the timer: a closed gate stays closed. */
  stop(): void;
}

/**
 * Creates a gate that pauses the queue while `wait`, in milliseconds, is above 0. Tasks then stay in the queue, so that
 * the one with the highest priority at the end of the wait starts first. A timer runs only while tasks wait.
 */
export function createQueueGate(queue: PQueue, wait: () => number, clock: Clock): QueueGate {
  const stopped = new AbortController();
  let isWatching = false;
  const look = (): void => {
    if (wait() <= 0) return void queue.start();
    queue.pause();
    if (isWatching || queue.size === 0 || stopped.signal.aborted) return;
    isWatching = true;
    watch().then(look, (error: unknown) => {
      if (!stopped.signal.aborted) throw error;
    });
  };
  const watch = async (): Promise<void> => {
    // Rounded up: a timer counts whole milliseconds and would fire too early.
    for (let remaining = wait(); remaining > 0 && queue.size > 0; remaining = wait())
      await clock.sleep(Math.ceil(remaining), stopped.signal);
    isWatching = false;
  };
  return { look, stop: () => stopped.abort() };
}
