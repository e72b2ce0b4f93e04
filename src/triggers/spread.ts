import { createHash } from 'node:crypto';
import type { CronClock } from '../model/time/cronClock.ts';

/**
 * Returns the share of an interval by which a workspace is late, from 0 to below 1. It follows from the name, so it is
 * the same after a restart, and the shares of many names are spread evenly.
 */
export const shareOf = (name: string): number =>
  createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32;

/**
 * Delays each time of a schedule by a share of the interval that it begins, so that there is one delayed time in each
 * interval. `horizonMs`: the longest interval.
 */
export function delayed(
  times: CronClock,
  share: number,
  horizonMs: number,
): Pick<CronClock, 'next'> {
  if (share === 0) return times;
  const delayedFrom = (start: number): number => {
    const end = times.next(start, start + horizonMs);
    return start + (end === undefined ? 0 : Math.floor(share * (end - start)));
  };
  return {
    next(after, before) {
      const starts = [times.last(after, after - horizonMs), times.next(after, before)];
      return starts
        .flatMap((start) => (start === undefined ? [] : [delayedFrom(start)]))
        .find((due) => due > after && due < before);
    },
  };
}
