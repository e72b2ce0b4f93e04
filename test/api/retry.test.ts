import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/api/requests/failure.ts';
import type { Method } from '../../src/api/requests/request.ts';
import { askedPause, backoff, nextStep } from '../../src/api/requests/retry.ts';

const refused = (status: number, retryAfter?: string): Failure => ({
  sort: 'refused',
  status,
  reason: '',
  text: '',
  own: true,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
const reset: Failure = { sort: 'lost', reason: 'ECONNRESET' };

describe('the pause before another attempt', () => {
  test('doubles from a second to a minute', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((tries) => backoff(reset, tries, 0));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('begins at ten seconds after a 429', () => {
    const pauses = [1, 2, 3, 4].map((tries) => backoff(refused(429), tries, 0));
    expect(pauses).toEqual([10_000, 20_000, 40_000, 60_000]);
  });

  test('has at most half its length as jitter, and is never shorter than the one before', () => {
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(
        fc.constantFrom(reset, refused(429)),
        fc.integer({ min: 1, max: 40 }),
        random,
        random,
        (failure, tries, one, other) => {
          const pause = backoff(failure, tries, one);
          expect(pause).toBeGreaterThanOrEqual(backoff(failure, tries, 0));
          expect(pause).toBeLessThanOrEqual(backoff(failure, tries, 0) * 1.5);
          expect(backoff(failure, tries + 1, other)).toBeGreaterThanOrEqual(pause);
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  /** Failure, milliseconds, because. */
  const rows: readonly (readonly [Failure, number, string])[] = [
    [refused(429, '30'), 30_000, 'seconds'],
    [refused(503, ' 7 '), 7000, 'seconds in white space'],
    [refused(500, '7'), 7000, 'any 5xx may ask for time'],
    [refused(429, 'Sun, 01 Mar 2026 12:01:30 GMT'), 90_000, 'an HTTP date'],
    [refused(429, 'Sun, 01 Mar 2026 11:00:00 GMT'), 0, 'a past date'],
    [refused(429, '0'), 0, 'zero seconds'],
    [refused(429, '1.5'), 1500, 'a fraction of a second, although servers should not send one'],
    [refused(429, '-5'), 0, 'not a number of seconds'],
    [refused(429, '1e9'), 0, 'not a number of seconds'],
    [refused(429, 'soon'), 0, 'no date'],
    [refused(429, 'try in 2099'), 0, 'not a date, although JavaScript parses one'],
    [refused(429, '2099'), 2_099_000, 'seconds, not a year'],
    [refused(429, '2099-01-01'), 0, 'not an HTTP date'],
    [refused(429, 'Xyz, 99 Foo 2026 99:99:99 GMT'), 0, 'not a date'],
    [refused(429, '9'.repeat(400)), Infinity, 'an endless wait'],
    [refused(429, ''), 0, 'empty'],
    [refused(429), 0, 'absent'],
    [refused(400, '30'), 0, 'a status that waiting does not change'],
    [reset, 0, 'there was no answer'],
  ];
  test.each(rows)('%o: %i ms, because: %s', (failure, pause) => {
    expect(askedPause(failure, now)).toBe(pause);
  });
});

describe('after a failed attempt', () => {
  const tooLong = '; it asks for a pause of 3600 s, too long to wait for';
  /** Method, failure, attempt, requested pause in milliseconds, next step, because. */
  const rows: readonly (readonly [Method, Failure, number, number, object, string])[] = [
    ['GET', reset, 1, 0, { pause: 1250 }, 'a read may be retried'],
    ['GET', reset, 2, 0, { pause: 2500 }, 'pauses grow'],
    ['GET', reset, 3, 0, { note: ' (after 3 attempts)' }, 'only two retries are allowed'],
    ['GET', refused(404), 1, 0, { note: '' }, 'a retry would bring the same'],
    ['POST', reset, 1, 0, { note: '' }, 'a write may have happened'],
    ['POST', refused(429), 1, 0, { pause: 12_500 }, 'the API rejected the write for now'],
    ['POST', refused(429), 1, 30_000, { pause: 0 }, 'the throttle keeps the pause'],
    ['GET', refused(503), 1, 600_000, { pause: 0 }, 'ten minutes are waited for'],
    ['GET', refused(503), 1, 3_600_000, { note: tooLong }, 'an hour is longer than a pass'],
  ];
  test.each(rows)(
    '%s %o, attempt %i, requested pause %i ms: %o, because %s',
    (method, failure, tries, asked, step) => {
      const options = { retries: 2, asked, random: 0.5 };
      expect(nextStep({ method }, failure, tries, options)).toEqual(step);
    },
  );

  test('if no retries are allowed, the error does not mention attempts', () => {
    const options = { retries: 0, asked: 0, random: 0.5 };
    expect(nextStep({ method: 'GET' }, reset, 1, options)).toEqual({ note: '' });
  });
});
