import type { RateLimit } from '../options.ts';

/** Takes a token for a request and returns 0; if there is none, returns the seconds until the next one. */
export type Bucket = (now: number) => number;

/** Creates a token bucket, full at first, that refills over time. Without a limit it always has tokens. */
export function createBucket(limit: RateLimit | undefined): Bucket {
  if (!limit) return () => 0;
  const size = Math.max(1, limit.burst);
  let tokens = size;
  let last: number | undefined;
  return (now) => {
    const refilled = tokens + ((now - (last ?? now)) / 1000) * limit.perSecond;
    tokens = Math.min(size, refilled);
    last = now;
    if (tokens < 1) return (1 - tokens) / limit.perSecond;
    tokens -= 1;
    return 0;
  };
}

/** Returns the Retry-After header for a wait in seconds. */
export function retryAfterHeader(
  limit: RateLimit,
  seconds: number,
  now: number,
): Record<string, string> {
  const whole = Math.ceil(seconds);
  switch (limit.retryAfter ?? 'seconds') {
    case 'none':
      return {};
    case 'seconds':
      return { 'retry-after': String(whole) };
    case 'date':
      // Dates have whole seconds only: rounded up, so that no client comes too early.
      return { 'retry-after': new Date(Math.ceil(now / 1000 + seconds) * 1000).toUTCString() };
  }
}
