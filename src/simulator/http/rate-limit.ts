import type { RateLimit } from '../options.ts';

/** Decides about a request: 0 lets it through, else the seconds until the next token. */
export type Bucket = (now: number) => number;

/** A token bucket, full at first, that refills as time goes by. Without a limit it never says no. */
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

/** The Retry-After header for a wait of so many seconds. */
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
      // A date has whole seconds only: rounded up, so that nobody comes too early.
      return { 'retry-after': new Date(Math.ceil(now / 1000 + seconds) * 1000).toUTCString() };
  }
}
