import { systemClock } from '../../model/time/clock.ts';
import type { RootRepository } from '../../setup/gitConfig.ts';
import { createAlarm } from '../../triggers/wake.ts';

/** Says when the config is to be searched for workspaces that came or went, until it is disposed of. */
export interface Searches extends Disposable {
  /** Resolves when the next search is due, or `stop` is aborted. */
  next(stop: AbortSignal): Promise<void>;
}

/** How often the config is searched, in milliseconds. */
const searchMs = 10_000;

/**
 * Starts the searches. A repository is looked up at its interval, spread by a tenth so that many daemons do not ask at
 * once, and searched after each look-up.
 */
export function startSearches(repository: RootRepository | undefined): Searches {
  let isDue = false;
  let wake = new AbortController();
  const listening = repository?.listen(() => {
    isDue = true;
    wake.abort();
  });
  const setAlarm = (): void => {
    const interval = repository?.interval() ?? 0;
    alarm.at(new Date(systemClock.now().getTime() + interval * (0.9 + 0.2 * Math.random())));
  };
  const alarm = createAlarm(systemClock, () => {
    setAlarm();
    void repository?.lookUp('git');
  });
  if (repository) setAlarm();
  return {
    async next(stop) {
      wake = new AbortController();
      const signal = AbortSignal.any([stop, wake.signal]);
      if (!isDue) await systemClock.sleep(searchMs, signal).catch(() => undefined);
      isDue = false;
    },
    [Symbol.dispose]() {
      alarm[Symbol.dispose]();
      listening?.[Symbol.dispose]();
    },
  };
}
