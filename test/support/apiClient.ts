import { createApi, type ApiOptions, type Client } from '../../src/api/client.ts';
import { ApiError } from '../../src/model/api.ts';
import { virtualClock } from './virtualClock.ts';

/** The key that every client of the tests has. */
export const testKey = 'pskey-7f3a/b+c=9e';

/** A client that is never held up: a wide throttle, pauses that are over at once, half of the jitter. */
export const connect = (url: string, options: Partial<ApiOptions> = {}): Client =>
  createApi({
    url,
    key: testKey,
    throttle: { requestsPerSecond: 10_000, burst: 10_000, concurrency: 4 },
    requests: { timeout: 10_000, retries: 2 },
    clock: virtualClock({ hurry: true }),
    random: () => 0.5,
    ...options,
  });

/** The `ApiError` that it rejects with; anything else is a failure of the test. */
export async function apiError(request: Promise<unknown>): Promise<ApiError> {
  const outcome = await request.then(
    (value) => new Error(`it resolved to ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof ApiError) return outcome;
  throw outcome;
}
