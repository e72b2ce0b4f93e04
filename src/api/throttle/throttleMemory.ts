import type { ThrottleMemory } from '../../model/api.ts';
import { progressAfter, type Adaptive } from './adaptiveRate.ts';

/** Returns what an estimate knows about the limit; null: nothing, since the rate was never decreased. */
export const limitIn = (estimate: Adaptive): ThrottleMemory['limit'] => {
  const { rate, base, ceiling, progress } = estimate;
  return ceiling === Infinity ? null : { rate, base, ceiling, progress };
};

/**
 * Returns the estimate of a new process. In the time since, the rate has approached the ceiling as if answers had come,
 * but not beyond it: that needs answers. `now`: milliseconds since 1970. Pure.
 */
export function withMemory(initial: Adaptive, memory: ThrottleMemory, now: number): Adaptive {
  const { limit, at } = memory;
  if (!limit) return initial;
  const seconds = Math.max(0, now - at) / 1000;
  const rested = Math.min(1, limit.progress + progressAfter(limit.rate * seconds, limit.ceiling));
  const progress = Math.max(limit.progress, rested);
  const reached = limit.ceiling - (limit.ceiling - limit.base) * (1 - rested) ** 3;
  const rate = Math.max(limit.rate, reached);
  return {
    ...initial,
    ceiling: limit.ceiling,
    base: Math.max(initial.lowest, Math.min(initial.highest, limit.base)),
    progress,
    rate: Math.max(initial.lowest, Math.min(initial.highest, rate)),
  };
}
