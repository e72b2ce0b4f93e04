import type { Failure } from './failure.ts';
import type { Method } from './request.ts';
import { judge } from './verdict.ts';

/** The longest pause between two attempts in milliseconds, unless the API asks for a longer one. */
const maxPauseMs = 60_000;

/**
 * The longest pause in milliseconds that a request waits for at the API's wish. If the API asks for more, the request
 * fails, and so do all requests within this time, without being sent.
 */
export const longestAskedPause = 10 * 60_000;

/**
 * Returns the pause before attempt `tries + 1` in milliseconds: 1 s, or 10 s after a 429 (FACTS 9), doubled with each
 * attempt up to a minute. The jitter adds up to half of it, so that requests that failed together do not return
 * together, and yet each pause is longer than the one before. `random` is in [0, 1).
 */
export function backoff(failure: Failure, tries: number, random: number): number {
  const first = failure.sort === 'refused' && failure.status === 429 ? 10_000 : 1000;
  return Math.min(maxPauseMs, first * 2 ** (tries - 1) * (1 + random / 2));
}

/**
 * The two forms of Retry-After: a number of seconds, and an HTTP date in the one form that servers may send (RFC 9110,
 * 5.6.7).
 */
const seconds = /^\d+(\.\d+)?$/;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Returns the pause in milliseconds that an answer asks for with Retry-After, as seconds or as an HTTP date. Zero if
 * there is none, if the date is past, if the header is malformed, and if the status does not mean that a retry may
 * help.
 */
export function askedPause(failure: Failure, now: Date): number {
  if (failure.sort !== 'refused' || !/^(408|429|5\d\d)$/.test(String(failure.status))) return 0;
  const header = failure.retryAfter?.trim() ?? '';
  if (seconds.test(header)) return Math.ceil(Number(header) * 1000);
  return httpDate.test(header) ? Math.max(0, (Date.parse(header) || 0) - now.getTime()) : 0;
}

/** The step after a failed attempt: another attempt after `pause` milliseconds, or none, with the reason in `note`. */
export type NextStep = { readonly pause: number } | { readonly note: string };

/**
 * Decides the step after a failed attempt. `asked` is the result of `askedPause`: the throttle keeps that pause for all
 * requests, so no further pause is added here.
 */
export function nextStep(
  { method }: { readonly method: Method },
  failure: Failure,
  tries: number,
  { retries, asked, random }: { retries: number; asked: number; random: number },
): NextStep {
  if (!judge(method, failure).retry) return { note: '' };
  if (asked > longestAskedPause)
    return { note: `; it asks for a pause of ${Math.ceil(asked / 1000)} s, too long to wait for` };
  if (tries > retries) return { note: tries > 1 ? ` (after ${tries} attempts)` : '' };
  return { pause: asked > 0 ? 0 : backoff(failure, tries, random) };
}
