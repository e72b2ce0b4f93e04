import { isRising, judged, noLatency, seen, type Latency } from './latency.ts';

/** What is known of a limit that nobody has told. Rates are requests a second. */
export interface Adaptive {
  /** What is allowed now. */
  readonly rate: number;
  /** Never less than this, so that it is found out when all is well again. */
  readonly lowest: number;
  /** Never more than this. */
  readonly highest: number;
  /** The rate at which it last went badly; Infinity when it never did. */
  readonly ceiling: number;
  /** Where the last step back led to, from which the ceiling is approached. */
  readonly base: number;
  /** How far the way from the base to the ceiling has been gone: 1 is there, more is beyond. */
  readonly progress: number;
  /** The instant of the last step back: what began earlier says nothing about the rate since. */
  readonly since: number;
  /** Attempts in a row that found the API unavailable. */
  readonly failures: number;
  readonly latency: Latency;
}

/** How an attempt went, as far as it tells about load. */
export type Ending = 'answered' | 'limited' | 'unavailable';

/** An attempt that has ended; instants in milliseconds. */
export interface Attempt {
  readonly ending: Ending;
  readonly start: number;
  readonly end: number;
  /** Whether others wait for their start. */
  readonly waiting: boolean;
  /** The share of the rate that was used of late. */
  readonly used: number;
}

/** However badly it goes, one request in a second finds out whether it still does. After an outage it begins anew from there. */
const lowestRate = 1;

/** That many failures in a row are an outage; fewer are bad luck. */
const outage = 5;

/** The share of the rate that a step back leaves: where no limit was known, at a known one, and when the last step was too small. */
const stepBack = { first: 0.5, known: 0.85, again: 0.7 };

/** A step back in the first tenth of the way: the step before it was too small. */
const early = 0.1;

/** The way to the ceiling takes so many answers, or so many seconds at it, so that being refused at its end stays rare. */
const way = { answers: 200, seconds: 10 };

/** A rate of which less is used does not hold back, whatever waits: then an answer does not say that there is room for more. */
const wellUsed = 0.7;

/** Doubling takes a second, or so many answers where there are fewer in one. */
const doubling = 4;

export const startingAt = (rate: number, highest: number): Adaptive => ({
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

/** What is known after one more attempt. */
export function learn(known: Adaptive, attempt: Attempt): Adaptive {
  switch (attempt.ending) {
    case 'answered':
      return answered(known, attempt);
    case 'limited':
      if (attempt.start < known.since) return known;
      return steppedBack({ ...known, failures: 0 }, attempt.end);
    case 'unavailable':
      return unavailable({ ...known, failures: known.failures + 1 }, attempt);
  }
}

function answered(before: Adaptive, { start, end, waiting, used }: Attempt): Adaptive {
  if (start < before.since) return { ...before, failures: 0 };
  const known = { ...before, failures: 0, latency: seen(before.latency, end - start) };
  if (!waiting) return known;
  if (isRising(known.latency)) return slowedDown(known, used, end);
  if (used < wellUsed) return known;
  return known.ceiling === Infinity ? doubled(known) : approached(known);
}

/** What makes the API slow is what was sent, which may be less than what was allowed. */
const slowedDown = (known: Adaptive, used: number, now: number): Adaptive =>
  steppedBack(
    {
      ...known,
      rate: Math.max(known.lowest, known.rate * Math.min(1, used)),
      latency: judged(known.latency),
    },
    now,
  );

/** No limit is known yet: the rate doubles in a second. */
const doubled = (known: Adaptive): Adaptive => ({
  ...known,
  rate: Math.min(known.highest, known.rate * 2 ** (1 / Math.max(known.rate, doubling))),
});

/** Fast at first, slow near the ceiling, and faster again beyond it: a limit that was raised is found (as CUBIC does). */
function approached(known: Adaptive): Adaptive {
  const { base, ceiling } = known;
  const progress = known.progress + 1 / Math.max(way.answers, way.seconds * ceiling);
  const left = 1 - progress;
  const height = left > 0 ? ceiling - base : ceiling * (1 - stepBack.known);
  return { ...known, progress, rate: Math.min(known.highest, ceiling - height * left ** 3) };
}

const steppedBack = (known: Adaptive, now: number): Adaptive =>
  fallenTo({ ...known, ceiling: known.rate }, known.rate * stepOf(known), now);

function stepOf({ ceiling, progress }: Adaptive): number {
  if (ceiling === Infinity) return stepBack.first;
  return progress < early ? stepBack.again : stepBack.known;
}

/**
 * After an outage it begins anew, from a rate that cannot bring the API down again. An outage says nothing about the limit, so what
 * was known of it stays known.
 */
function unavailable(known: Adaptive, { start, end }: Attempt): Adaptive {
  if (known.failures < outage || start < known.since) return known;
  const ceiling = known.ceiling === Infinity ? known.rate : known.ceiling;
  return fallenTo({ ...known, ceiling, failures: 0 }, known.lowest, end);
}

function fallenTo(known: Adaptive, target: number, now: number): Adaptive {
  const rate = Math.max(known.lowest, target);
  return { ...known, rate, base: rate, progress: 0, since: now };
}
