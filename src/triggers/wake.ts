import type { Clock } from '../model/time/clock.ts';

/** An alarm that can be rescheduled. Disposing of it cancels it. */
export interface Alarm extends Disposable {
  /** Replaces the time of the alarm; undefined: cancels it. */
  at(when: Date | undefined): void;
}

/** The shortest time until an alarm. */
const minDelayMs = 500;

/** How often the alarm reads the clock while it waits, since the clock may be set, or the computer may sleep. */
const checkIntervalMs = 60_000;

/** One error for all alarms: creating one, with its stack, costs more than an alarm. */
const replaced = new Error('the alarm was rescheduled');

/** Makes an alarm that calls `onWake` at the time set last, and at the earliest half a second after it was set. */
export function createAlarm(clock: Clock, onWake: () => void): Alarm {
  let alarm = new AbortController();
  const wait = async (when: Date, { signal }: AbortController): Promise<void> => {
    const remainingMs = (): number => when.getTime() - clock.now().getTime();
    do await clock.sleep(Math.min(Math.max(minDelayMs, remainingMs()), checkIntervalMs), signal);
    while (remainingMs() > 0);
    onWake();
  };
  return {
    at(when) {
      alarm.abort(replaced);
      alarm = new AbortController();
      const current = alarm;
      if (when)
        wait(when, current).catch((error: unknown) => {
          if (!current.signal.aborted) throw error;
        });
    },
    [Symbol.dispose]: () => alarm.abort(replaced),
  };
}
