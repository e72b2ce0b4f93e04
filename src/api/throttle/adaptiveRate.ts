import { isRising, withDecrease, noLatency, withAnswer, type Latency } from './latency.ts';

/** The estimate of an unknown rate limit. Rates are in requests per second. */
export interface Adaptive {
  /** The rate that is allowed now. */
  readonly rate: number;
  /** The lower bound, above 0, so that attempts show when the API has recovered. */
  readonly lowest: number;
  /** The upper bound. */
  readonly highest: number;
  /** The rate at the last decrease; Infinity if there was none. */
  readonly ceiling: number;
  /** The rate after the last decrease, from which it approaches the ceiling. */
  readonly base: number;
  /** The progress from the base to the ceiling: 1 at the ceiling, more beyond it. */
  readonly progress: number;
  /** The instant of the last decrease: attempts that started earlier say nothing about the present rate. */
  readonly since: number;
  /** Successive attempts that found the API unavailable. */
  readonly failures: number;
  readonly latency: Latency;
}

/** What an attempt shows about the API's load. */
export type LoadSignal = 'answered' | 'limited' | 'unavailable';

/** An attempt that has ended; instants are in milliseconds. */
export interface Attempt {
  readonly ending: LoadSignal;
  readonly start: number;
  readonly end: number;
  /** Whether other requests are queued. */
  readonly waiting: boolean;
  /** The share of the rate that was used recently. */
  readonly used: number;
}

/** The least rate: one request per second detects when an outage is over. The rate grows again from there. */
const lowestRate = 1;

/** The number of successive failures that counts as an outage. */
const outageFailures = 5;

/** The factor of a decrease: at an unknown limit, at a known one, and if the last decrease was too small. */
const decrease = { first: 0.5, known: 0.85, repeated: 0.7 };

/** A decrease within this progress means that the one before was too small. */
const earlyProgress = 0.1;

/**
 * The way to the ceiling takes this many answers, or this many seconds at the ceiling's rate, so that refusals at its
 * end are rare.
 */
const approach = { answers: 200, seconds: 10 };

/** If less of the rate is used, the rate is not the bottleneck, and an answer does not show that more is possible. */
const minUsed = 0.7;

/** The least number of answers for a doubling, which takes a second at higher rates. */
const minAnswersToDouble = 4;

/** Returns the estimate before the first attempt. */
export const initialEstimate = (rate: number, highest: number): Adaptive => ({
  rate,
  lowest: Math.min(lowestRate, rate),
  highest,
  ceiling: Infinity,
  base: rate,
  progress: 0,
  since: -Infinity,
  failures: 0,
  latency: noLatency,
});

/** Returns the estimate after one more attempt. Pure. */
export function nextEstimate(estimate: Adaptive, attempt: Attempt): Adaptive {
  switch (attempt.ending) {
    case 'answered':
      return answered(estimate, attempt);
    case 'limited':
      if (attempt.start < estimate.since) return estimate;
      return decreased({ ...estimate, failures: 0 }, attempt.end);
    case 'unavailable':
      return unavailable({ ...estimate, failures: estimate.failures + 1 }, attempt);
  }
}

function answered(previous: Adaptive, { start, end, waiting, used }: Attempt): Adaptive {
  if (start < previous.since) return { ...previous, failures: 0 };
  const estimate = { ...previous, failures: 0, latency: withAnswer(previous.latency, end - start) };
  if (!waiting) return estimate;
  if (isRising(estimate.latency)) return slowedDown(estimate, used, end);
  if (used < minUsed) return estimate;
  return estimate.ceiling === Infinity ? doubled(estimate) : approached(estimate);
}

/** The sent requests make the API slow, and they may be fewer than the allowed ones. */
const slowedDown = (estimate: Adaptive, used: number, now: number): Adaptive =>
  decreased(
    {
      ...estimate,
      rate: Math.max(estimate.lowest, estimate.rate * Math.min(1, used)),
      latency: withDecrease(estimate.latency),
    },
    now,
  );

/** No limit is known yet: the rate doubles in a second. */
const doubled = (estimate: Adaptive): Adaptive => ({
  ...estimate,
  rate: Math.min(
    estimate.highest,
    estimate.rate * 2 ** (1 / Math.max(estimate.rate, minAnswersToDouble)),
  ),
});

/**
 * Grows fast at first, slowly near the ceiling, and faster again beyond it, as CUBIC does, to find a limit that was
 * raised.
 */
function approached(estimate: Adaptive): Adaptive {
  const { base, ceiling } = estimate;
  const progress = estimate.progress + progressAfter(1, ceiling);
  const remaining = 1 - progress;
  const height = remaining > 0 ? ceiling - base : ceiling * (1 - decrease.known);
  return {
    ...estimate,
    progress,
    rate: Math.min(estimate.highest, ceiling - height * remaining ** 3),
  };
}

/** The progress that this many answers make. */
export const progressAfter = (answers: number, ceiling: number): number =>
  answers / Math.max(approach.answers, approach.seconds * ceiling);

const decreased = (estimate: Adaptive, now: number): Adaptive =>
  loweredTo({ ...estimate, ceiling: estimate.rate }, estimate.rate * decreaseOf(estimate), now);

function decreaseOf({ ceiling, progress }: Adaptive): number {
  if (ceiling === Infinity) return decrease.first;
  return progress < earlyProgress ? decrease.repeated : decrease.known;
}

/**
 * Falls to the lowest rate in an outage, so that the API is not overloaded again when it recovers. An outage says
 * nothing about the limit, so the ceiling stays.
 */
function unavailable(estimate: Adaptive, { start, end }: Attempt): Adaptive {
  if (estimate.failures < outageFailures || start < estimate.since) return estimate;
  const ceiling = estimate.ceiling === Infinity ? estimate.rate : estimate.ceiling;
  return loweredTo({ ...estimate, ceiling, failures: 0 }, estimate.lowest, end);
}

function loweredTo(estimate: Adaptive, target: number, now: number): Adaptive {
  const rate = Math.max(estimate.lowest, target);
  return { ...estimate, rate, base: rate, progress: 0, since: now };
}
