import type { Throttle } from '../../src/api/throttle/throttle.ts';
import { createBucket } from '../../src/simulator/http/rate-limit.ts';
import type { SimulatedClock } from './simulatedClock.ts';

/** A limit that the throttle is not told. */
export interface Hidden {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly bucket: number;
  /** Whether a refusal says, in whole seconds, how long to wait. */
  readonly retryAfter: boolean;
}

/** A request that arrived there; the second since the beginning. */
export interface Arrival {
  readonly second: number;
  readonly refused: boolean;
}

/** Asks as fast as the throttle lets it, for so many seconds, across a wire of 20 to 100 ms each way. */
export async function storm(
  throttle: Throttle,
  clock: SimulatedClock,
  { perSecond, bucket, retryAfter }: Hidden,
  seconds: number,
): Promise<readonly Arrival[]> {
  const arrivals: Arrival[] = [];
  const take = createBucket({ perSecond, burst: bucket });
  const epoch = clock.now().getTime();
  const elapsed = (): number => (clock.now().getTime() - epoch) / 1000;
  let draw = 0;
  const wire = (): Promise<void> => clock.sleep(20 + ((draw = (draw + 37) % 101) * 80) / 101);
  const ask = (): Promise<void> =>
    throttle.run(async (tell) => {
      await wire();
      const wait = take(clock.now().getTime());
      arrivals.push({ second: elapsed(), refused: wait > 0 });
      await wire();
      if (wait > 0 && retryAfter)
        throttle.pauseUntil(clock.now().getTime() + Math.ceil(wait) * 1000);
      tell(wait > 0 ? 'limited' : 'answered');
    });
  const worker = async (): Promise<void> => {
    while (elapsed() < seconds) await ask();
  };
  await Promise.all(Array.from({ length: 20 }, worker));
  return arrivals;
}
