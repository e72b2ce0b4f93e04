import type { Clock } from '../model/time/clock.ts';

/** One alarm, that can be set anew. */
export interface Wake extends Disposable {
  /** Sets the alarm in place of the one before; undefined: none. */
  at(when: Date | undefined): void;
}

/** An alarm that does not go off more often than this, however it is set. */
const soonestMs = 500;

/** The clock may be set, or the computer sleep, while the alarm waits, so it looks at the clock that often. */
const lookEveryMs = 60_000;

/** One for all: making a reason, with its stack, costs more than an alarm. */
const replaced = new Error('the alarm was set anew');

/** Calls `onWake` when the clock shows the time that was set last. */
export function createWake(clock: Clock, onWake: () => void): Wake {
  let set = new AbortController();
  const wait = async (when: Date, { signal }: AbortController): Promise<void> => {
    const left = (): number => when.getTime() - clock.now().getTime();
    do await clock.sleep(Math.min(Math.max(soonestMs, left()), lookEveryMs), signal);
    while (left() > 0);
    onWake();
  };
  return {
    at(when) {
      set.abort(replaced);
      set = new AbortController();
      const current = set;
      if (when)
        wait(when, current).catch((error: unknown) => {
          if (!current.signal.aborted) throw error;
        });
    },
    [Symbol.dispose]: () => set.abort(replaced),
  };
}
