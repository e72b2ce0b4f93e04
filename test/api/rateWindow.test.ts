import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limitOf, shareUsed, untilToken } from '../../src/api/throttle/rateWindow.ts';

describe('until the next token', () => {
  /** Starts, rate, burst, now, wait in milliseconds, because. */
  const rows: readonly (readonly [readonly number[], number, number, number, number, string])[] = [
    [[], 10, 1, 0, 0, 'nothing has started'],
    [[0], 10, 2, 0, 0, 'the burst is not full'],
    [[0], 10, 1, 0, 100, 'the burst is full until the window is over'],
    [[0], 10, 1, 99, 1, 'the window has not ended'],
    [[0], 10, 1, 100, 0, 'the window has ended'],
    [[0, 50], 10, 2, 60, 140, 'the oldest start leaves the window first'],
    [[0, 50, 60, 70], 10, 2, 100, 160, 'only the last burst counts'],
    [[0], 0.5, 1, 0, 2000, 'rates below one per second are possible'],
    [[1e12], 3, 1, 1e12, 1000 / 3, 'a large instant keeps its fraction'],
  ];
  test.each(rows)('after %j at %d/s, burst %d, at %d is %d, because %s', (...row) => {
    const [starts, rate, burst, now, expected] = row;
    expect(untilToken(starts, limitOf(rate, burst), now)).toBe(expected);
  });

  test('no window contains more than a burst, and no wait is longer than a window', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 200, noNaN: true }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.nat(2000), { maxLength: 200 }),
        (rate, burst, gaps) => {
          const limit = limitOf(rate, burst);
          const starts: number[] = [];
          let now = Date.UTC(2026, 0, 1);
          for (const gap of gaps) {
            now += gap;
            const wait = untilToken(starts, limit, now);
            expect(wait).toBeLessThanOrEqual(limit.window);
            now += Math.ceil(wait);
            expect(untilToken(starts, limit, now)).toBe(0);
            starts.push(now);
          }
          for (const [index, start] of starts.slice(burst).entries())
            expect(start - (starts[index] ?? NaN)).toBeGreaterThanOrEqual(limit.window);
        },
      ),
      { seed: 6 },
    );
  });
});

describe('the share of a rate that is used', () => {
  /** Starts, rate, the used share of the second before 2000, because. */
  const rows: readonly (readonly [readonly number[], number, number, string])[] = [
    [[], 4, 0, 'nothing has started'],
    [[1001, 2000], 2, 1, 'both are in that second'],
    [[500, 1000, 1500], 2, 0.5, 'a start exactly one second ago no longer counts'],
    [[1500], 0.5, 2, 'a burst may exceed the rate'],
  ];
  test.each(rows)('%j at %d/s is %d, because %s', (starts, rate, expected) => {
    expect(shareUsed(starts, { rate, span: 1000, now: 2000 })).toBe(expected);
  });
});
