import type PQueue from 'p-queue';
import type { Clock } from '../../model/time/clock.ts';

/** Says when a queue may start its next task, which the queue itself then chooses. */
export interface Gate {
  /** Looks again: to be called after everything that may change the wait, and after something was put into the queue. */
  look(): void;
  /** Wakes up no more, so what is shut stays shut. */
  stop(): void;
}

/**
 * Keeps the queue paused while `wait`, in milliseconds, is above 0. While it is paused everything waits in the queue, so
 * that whatever has the highest priority at the end of the wait goes first. Sleeps only when something waits.
 */
export function createGate(queue: PQueue, wait: () => number, clock: Clock): Gate {
  const stopped = new AbortController();
  let watched = false;
  const look = (): void => {
    if (wait() <= 0) return void queue.start();
    queue.pause();
    if (watched || queue.size === 0 || stopped.signal.aborted) return;
    watched = true;
    watch().then(look, (error: unknown) => {
      if (!stopped.signal.aborted) throw error;
    });
  };
  const watch = async (): Promise<void> => {
    // Rounded up, since a timer knows whole milliseconds only and would wake too early.
    for (let rest = wait(); rest > 0 && queue.size > 0; rest = wait())
      await clock.sleep(Math.ceil(rest), stopped.signal);
    watched = false;
  };
  return { look, stop: () => stopped.abort() };
}
