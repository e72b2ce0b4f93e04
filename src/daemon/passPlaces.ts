import PQueue from 'p-queue';
import type { Trigger } from '../model/pass/report.ts';
import type { Clock } from '../model/time/clock.ts';
import type { LoopPass } from '../reconcile/loop.ts';

/** The places for passes of all workspaces. */
export interface PassPlaces {
  /** Makes a pass function whose passes wait for a place, the most urgent first. */
  limit(pass: LoopPass): LoopPass;
}

/** The number of passes at a time: each holds a team in memory. */
const places = 32;

/** How long a pass may keep its place, in milliseconds: a team whose API hangs must not keep one from others. */
const longestMs = 60_000;

/** A person waits for some passes, a change for others, and nobody for those of the schedule. */
const urgencies: Readonly<Record<Trigger, number>> = {
  cli: 2,
  request: 2,
  change: 1,
  git: 1,
  webhook: 1,
  event: 1,
  schedule: 0,
  start: 0,
};

/** Makes places. */
export function createPassPlaces(clock: Pick<Clock, 'sleep'>): PassPlaces {
  const queue = new PQueue({ concurrency: places });
  return {
    limit: (pass) => async (trigger, signals) => {
      const begun = Promise.withResolvers<void>();
      void queue.add(
        async () => {
          const ended = new AbortController();
          const running = signals.stop.aborted ? Promise.resolve() : pass(trigger, signals);
          begun.resolve(running);
          const over = clock.sleep(longestMs, ended.signal);
          await Promise.race([running, over]).catch(() => undefined);
          ended.abort();
        },
        { priority: urgencies[trigger] },
      );
      await begun.promise;
    },
  };
}
