import type { Clock } from '../model/time/clock.ts';
import type { Log } from '../model/log.ts';
import type { Trigger } from '../model/pass/report.ts';

/** A running pass. */
export interface CurrentPass {
  readonly trigger: Trigger;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Whether it takes longer than any pass should. */
  readonly overdue: boolean;
}

/** Logs an error while a pass takes longer than any pass should: it may wait for something that never comes. */
export interface Watchdog {
  /** The running pass, if any. */
  current(): CurrentPass | undefined;
  /** Seconds since the running pass began; 0 if none is running. */
  seconds(): number;
  /** Runs `work` as the current pass. Resolves or rejects as `work` does. */
  watch(trigger: Trigger, work: () => Promise<void>): Promise<void>;
}

/** A pass waits for the API for at most half an hour; everything else takes minutes. */
const limitMs = 35 * 60_000;

/** Makes a watchdog. It logs every 35 minutes until the pass ends. */
export function createWatchdog(clock: Clock, log: Pick<Log, 'error'>): Watchdog {
  let current: (CurrentPass & { readonly since: number }) | undefined;
  const logWhileRunning = async (
    trigger: Trigger,
    startedAt: string,
    ended: AbortSignal,
  ): Promise<void> => {
    for (let minutes = limitMs / 60_000; ; minutes += limitMs / 60_000) {
      await clock.sleep(limitMs, ended);
      if (current) current = { ...current, overdue: true };
      log.error({ trigger, startedAt, minutes }, 'a pass does not end');
    }
  };
  return {
    current: () => current && withoutSince(current),
    seconds: () => (current ? (clock.steady() - current.since) / 1000 : 0),
    async watch(trigger, work) {
      const ended = new AbortController();
      const startedAt = clock.now().toISOString();
      current = { trigger, startedAt, overdue: false, since: clock.steady() };
      // The sleep rejects when the pass has ended.
      void logWhileRunning(trigger, startedAt, ended.signal).catch(() => undefined);
      try {
        await work();
      } finally {
        current = undefined;
        ended.abort();
      }
    },
  };
}

const withoutSince = ({ trigger, startedAt, overdue }: CurrentPass): CurrentPass => ({
  trigger,
  startedAt,
  overdue,
});
