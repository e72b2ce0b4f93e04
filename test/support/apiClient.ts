import { createApi, type ApiOptions, type Client } from '../../src/api/client.ts';
import { ApiError } from '../../src/model/api.ts';
import { virtualClock } from './virtualClock.ts';

/** The API key of all clients of the tests. */
export const testKey = 'pskey-7f3a/b+c=9e';

/** Creates a client that is never delayed: a wide throttle, pauses that end immediately, half of the jitter. */
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

/** Returns the `ApiError` with which a request rejects; anything else fails the test. */
export async function apiError(request: Promise<unknown>): Promise<ApiError> {
  const outcome = await request.then(
    (value) => new Error(`it resolved to ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof ApiError) return outcome;
  throw outcome;
}
