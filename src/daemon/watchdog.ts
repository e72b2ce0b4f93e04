import type { Clock } from '../model/time/clock.ts';
import type { Log } from '../model/log.ts';
import type { Trigger } from '../model/pass/report.ts';

/** A pass that has not ended yet. */
export interface CurrentPass {
  readonly trigger: Trigger;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Whether it takes longer than any pass should. */
  readonly overdue: boolean;
}

/** Says when a pass does not end: something that it reads or waits for may never come. */
export interface Watchdog {
  /** The pass under way, if any. */
  current(): CurrentPass | undefined;
  /** Seconds since the pass under way began; 0 where there is none. */
  seconds(): number;
  /** Does the work of a pass, and watches it. */
  watch(trigger: Trigger, work: () => Promise<void>): Promise<void>;
}

/** A pass waits for the API for half an hour at most; what it does beside takes minutes. */
const longestMs = 35 * 60_000;

export function createWatchdog(clock: Clock, log: Pick<Log, 'error'>): Watchdog {
  let current: (CurrentPass & { readonly since: number }) | undefined;
  const bark = async (trigger: Trigger, startedAt: string, ended: AbortSignal): Promise<void> => {
    for (let minutes = longestMs / 60_000; ; minutes += longestMs / 60_000) {
      await clock.sleep(longestMs, ended);
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
      void bark(trigger, startedAt, ended.signal).catch(() => undefined);
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
