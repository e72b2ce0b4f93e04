/** The latency of answers in milliseconds: the recent average and the baseline. */
export interface Latency {
  readonly late: number;
  readonly usual: number;
  /** The number of answers. */
  readonly count: number;
  /** The number of answers until the next judgement. */
  readonly due: number;
  /** In a series of bad judgements: the recent latency at the last one, and how many decreases did not improve it. */
  readonly before: number;
  readonly vain: number;
}

/** The number of answers between two judgements, in which a decrease takes effect. */
const answersPerJudgement = 32;

/** The factor over the baseline that counts as slower. */
const slowFactor = 2;

/** A difference in milliseconds that never counts, however fast the service is. */
const toleranceMs = 50;

/**
 * The weight of one answer in each average. `jammed` applies to the baseline while answers are slow, so that congestion
 * does not become the baseline.
 */
const weight = { late: 1 / 16, usual: 1 / 256, jammed: 1 / 1024 };

/** After this many ineffective decreases the load is not the cause: the recent latency becomes the baseline. */
const maxIneffective = 4;

/** The greatest latency that enters the baseline, as a multiple of the baseline. */
const maxFactor = 3;

/** The latency before the first answer. */
export const noLatency: Latency = {
  late: 0,
  usual: 0,
  count: 0,
  due: answersPerJudgement,
  before: 0,
  vain: 0,
};

/** Adds one answer. The first ones have equal weights. Pure. */
export function withAnswer(latency: Latency, milliseconds: number): Latency {
  const { late, usual, count, due } = latency;
  return {
    ...(late > slowFactor * usual ? latency : { before: 0, vain: 0 }),
    late: late + (milliseconds - late) * Math.max(weight.late, 1 / (count + 1)),
    usual: baselineAfter(latency, milliseconds),
    count: count + 1,
    due: Math.max(0, due - 1),
  };
}

function baselineAfter({ late, usual, count }: Latency, milliseconds: number): number {
  if (count < answersPerJudgement) return usual + (milliseconds - usual) / (count + 1);
  const bounded = Math.min(milliseconds, maxFactor * usual);
  return usual + (bounded - usual) * (late > slowFactor * usual ? weight.jammed : weight.usual);
}

/**
 * Whether answers have become clearly slower. The variation of an exponential distribution, which is large, does not
 * count.
 */
export const isRising = ({ late, usual, due }: Latency): boolean =>
  due === 0 && late > slowFactor * usual + toleranceMs;

/**
 * Records that the rate was decreased. If decreases repeatedly do not help, the service is slower for other reasons.
 * Pure.
 */
export function withDecrease(latency: Latency): Latency {
  const { late, before } = latency;
  const vain = late > 0.9 * before && before > 0 ? latency.vain + 1 : 0;
  if (vain >= maxIneffective)
    return { ...latency, usual: late, due: answersPerJudgement, before: 0, vain: 0 };
  return { ...latency, due: answersPerJudgement, before: late, vain };
}
