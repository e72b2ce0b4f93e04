import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cronClock } from '../../src/model/time/cronClock.ts';
import { delayed, shareOf } from '../../src/triggers/spread.ts';

const dayMs = 86_400_000;
const horizonMs = 9 * 366 * dayMs;

const expressions = ['*/5 * * * *', '*/7 * * * *', '30 2 * * *', '*/20 * * * * *', '0 8,9 * * Mon'];

/** The first times of a clock after an instant. */
function timesAfter(
  { next }: ReturnType<typeof delayed>,
  start: number,
  count: number,
): readonly number[] {
  const times: number[] = [];
  for (let last = start; times.length < count;) {
    last = next(last, last + horizonMs) ?? Infinity;
    times.push(last);
  }
  return times;
}

test('there is one delayed time in each interval, and it is late by the share', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...expressions),
      fc.constantFrom('UTC', 'Europe/Berlin'),
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 11, 1) }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (expression, timezone, at, share) => {
        const clock = cronClock(expression, timezone);
        const [start = at, ...ends] = timesAfter(clock, at, 20);
        const found = timesAfter(delayed(clock, share, horizonMs), start - 1, 20);
        const expected = ends.map((end, index) => {
          const from = [start, ...ends][index] ?? 0;
          return from + Math.floor(share * (end - from));
        });
        // In the interval that began before, the time may have been due or not.
        expect(found.filter((time) => time >= start).slice(0, ends.length)).toEqual(expected);
        expect(found.filter((time) => time < start).length).toBeLessThan(2);
      },
    ),
  );
});

test('the times of 1,000 workspaces are spread over the interval', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (prefix) => {
      const clock = cronClock('*/5 * * * *', 'UTC');
      const start = Date.UTC(2026, 0, 1, 12);
      const tenths = Array.from({ length: 10 }, () => 0);
      for (let index = 0; index < 1000; index += 1) {
        const share = shareOf(`${prefix}${index}`);
        const due = timesAfter(delayed(clock, share, horizonMs), start - 1, 1)[0] ?? 0;
        const tenth = Math.floor((due - start) / 30_000);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      const distance = tenths.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
      // Of random numbers, one set in a billion is farther from even (nine degrees of freedom).
      expect(distance).toBeLessThan(60);
    }),
    // Under one of the names of the example, the share is so small that the time is the start of the interval.
    { numRuns: 20, examples: [['sP,r2/z']] },
  );
});

test('the share of a name is the same in every process', () => {
  expect(['ml', 'research'].map(shareOf)).toEqual([0.3646366654429585, 0.40219384990632534]);
});
