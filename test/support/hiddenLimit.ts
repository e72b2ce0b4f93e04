import type { Throttle } from '../../src/api/throttle/throttle.ts';
import { createBucket } from '../../src/simulator/http/rateLimit.ts';
import type { SimulatedClock } from './simulatedClock.ts';

/** A limit that the throttle does not know. */
export interface Hidden {
  readonly perSecond: number;
  /** The number of requests that may come at once. */
  readonly bucket: number;
  /** Whether a refusal has a Retry-After in whole seconds. */
  readonly retryAfter: boolean;
}

/** A request that arrived, by the second since the start. */
export interface Arrival {
  readonly second: number;
  readonly refused: boolean;
}

/** Sends requests as fast as the throttle allows, for some seconds, over a connection with 20 to 100 ms each way. */
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
