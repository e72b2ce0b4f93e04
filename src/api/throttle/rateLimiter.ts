import type { ThrottleState } from '../../model/api.ts';
import { learn, startingAt, type Attempt } from './adaptiveRate.ts';
import { limitOf, shareUsed, steadyAt, untilToken, type Limit } from './rateWindow.ts';

export interface PaceOptions {
  /** The long-run average; with `adaptive`, where it starts. Above 0; fractions are allowed. */
  readonly requestsPerSecond: number;
  /** What an adaptive rate never exceeds. Not below `requestsPerSecond`, which is the default. */
  readonly ceiling?: number;
  /** How many requests may start together. At least 1. */
  readonly burst: number;
  /** Whether the rate follows how the API answers. Default: false. */
  readonly adaptive?: boolean;
}

/** What has started, and how fast more may. Instants are milliseconds that never go back. */
export interface Pacer {
  /** Milliseconds until one more may start. */
  wait(now: number): number;
  started(now: number): void;
  ended(attempt: Omit<Attempt, 'used'>): void;
  state(now: number): Pick<ThrottleState, 'rate' | 'headroom'>;
}

/** Milliseconds that the headroom looks back. */
const recently = 5000;

/** Milliseconds, and starts, after which it is known whether a rate is really used. */
const trial = { least: 1000, most: 5000, starts: 5 };

/**
 * While adapting, hardly any may start together: whose limit is unknown, its bucket may be small. As long as nothing has gone badly, so many
 * may after a rest, so that short work is not kept waiting.
 */
const firstBurst = 8;

export function createPacer({
  requestsPerSecond,
  burst,
  adaptive = false,
  ceiling = requestsPerSecond,
}: PaceOptions): Pacer {
  const starts: number[] = [];
  let known = startingAt(requestsPerSecond, ceiling);
  const largest = Math.max(1, Math.floor(burst));
  const limit = (): Limit => limitOf(known.rate, adaptive ? Math.min(largest, few()) : largest);
  const few = (): number =>
    Math.max(known.ceiling === Infinity ? firstBurst : 1, steadyAt(known.rate));
  const used = (span: number, now: number): number =>
    shareUsed(starts, { rate: known.rate, span, now });
  return {
    wait: (now) => untilToken(starts, limit(), now),
    started(now) {
      starts.push(now);
      const kept = now - Math.max(recently, 2 * limit().window);
      starts.splice(
        0,
        starts.findIndex((start) => start > kept),
      );
    },
    ended(attempt) {
      if (!adaptive) return;
      const span = Math.min(trial.most, Math.max(trial.least, (trial.starts / known.rate) * 1000));
      known = learn(known, { ...attempt, used: used(span, attempt.end) });
    },
    state: (now) => ({
      rate: known.rate,
      headroom: Math.max(0, 1 - used(recently, now)),
    }),
  };
}
