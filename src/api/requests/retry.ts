import type { Failure } from './failure.ts';
import type { Method } from './request.ts';
import { judge } from './verdict.ts';

/** The longest pause between two attempts, in milliseconds, unless the API asks for a longer one. */
const longestPause = 60_000;

/**
 * The longest pause that the API may ask for, in milliseconds. No request waits for a longer one: it fails, and so does, without being
 * sent, whatever is to be sent within so long.
 */
export const longestAskedPause = 10 * 60_000;

/**
 * Milliseconds before attempt `tries + 1`, from 1 s, after a 429 from 10 s (FACTS 9), doubled with each attempt up to a minute. The jitter
 * adds up to half, so that requests that failed together do not come back together, and each pause is longer than the one before.
 * `random` is in [0, 1).
 */
export function backoff(failure: Failure, tries: number, random: number): number {
  const first = failure.sort === 'refused' && failure.status === 429 ? 10_000 : 1000;
  return Math.min(longestPause, first * 2 ** (tries - 1) * (1 + random / 2));
}

/** A number of seconds, and an HTTP date in the one form that servers may send (RFC 9110, 5.6.7). */
const seconds = /^\d+(\.\d+)?$/;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The pause that the answer asks for with Retry-After, in milliseconds: seconds or an HTTP date. Zero when it asks for none,
 * when the date lies in the past, for anything else, and when the status does not say that it may go better later.
 */
export function askedPause(failure: Failure, now: Date): number {
  if (failure.sort !== 'refused' || !/^(408|429|5\d\d)$/.test(String(failure.status))) return 0;
  const header = failure.retryAfter?.trim() ?? '';
  if (seconds.test(header)) return Math.ceil(Number(header) * 1000);
  return httpDate.test(header) ? Math.max(0, (Date.parse(header) || 0) - now.getTime()) : 0;
}

/** What comes after a failed attempt: another one after `pause` milliseconds, or none, for the reason in `note`. */
export type NextStep = { readonly pause: number } | { readonly note: string };

/** `asked` comes from `askedPause`: the throttle keeps that pause, for all requests, so this one adds nothing to it. */
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
