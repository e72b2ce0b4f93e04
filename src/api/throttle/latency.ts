/** How long answers take, in milliseconds: of late, and as a rule. */
export interface Latency {
  readonly late: number;
  readonly usual: number;
  /** Answers seen. */
  readonly count: number;
  /** Answers to be seen before the next judgement. */
  readonly due: number;
  /** In a row of bad judgements: what was late at the last one, and how many have not made it better. */
  readonly before: number;
  readonly vain: number;
}

/** Answers between two judgements: what has been done about the first shows in them. */
const patience = 32;

/** How many times as slow as usual is clearly slower. */
const clear = 2;

/** Milliseconds that no service is blamed for, however fast it usually is. */
const trifle = 50;

/** The share of one answer in each: `jammed` goes for the usual one while answers are slow, or a jam would soon be what is usual. */
const share = { late: 1 / 16, usual: 1 / 256, jammed: 1 / 1024 };

/** After so many judgements in vain it is not the load: slow is what is usual from now on. */
const enough = 4;

/** An answer counts as no more than so many usual ones in what is usual. */
const most = 3;

export const noLatency: Latency = {
  late: 0,
  usual: 0,
  count: 0,
  due: patience,
  before: 0,
  vain: 0,
};

/** One more answer. The first ones count as much as each other. */
export function seen(latency: Latency, milliseconds: number): Latency {
  const { late, usual, count, due } = latency;
  return {
    ...(late > clear * usual ? latency : { before: 0, vain: 0 }),
    late: late + (milliseconds - late) * Math.max(share.late, 1 / (count + 1)),
    usual: usualAfter(latency, milliseconds),
    count: count + 1,
    due: Math.max(0, due - 1),
  };
}

function usualAfter({ late, usual, count }: Latency, milliseconds: number): number {
  if (count < patience) return usual + (milliseconds - usual) / (count + 1);
  const bounded = Math.min(milliseconds, most * usual);
  return usual + (bounded - usual) * (late > clear * usual ? share.jammed : share.usual);
}

/** Whether answers have become clearly slower. Those that vary as an exponential distribution does, which is a lot, have not. */
export const isRising = ({ late, usual, due }: Latency): boolean =>
  due === 0 && late > clear * usual + trifle;

/** What has been acted upon. Where that does not help, again and again, the service has become slower for reasons of its own. */
export function judged(latency: Latency): Latency {
  const { late, before } = latency;
  const vain = late > 0.9 * before && before > 0 ? latency.vain + 1 : 0;
  if (vain >= enough) return { ...latency, usual: late, due: patience, before: 0, vain: 0 };
  return { ...latency, due: patience, before: late, vain };
}
