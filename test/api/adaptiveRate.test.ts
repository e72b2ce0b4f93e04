import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  nextEstimate,
  initialEstimate,
  type Adaptive,
  type Attempt,
} from '../../src/api/throttle/adaptiveRate.ts';

/** An attempt of 100 ms, by the second in which it ended. */
const attempt = (second: number, changes: Partial<Attempt> = {}): Attempt => ({
  ending: 'answered',
  start: second * 1000 - 100,
  end: second * 1000,
  waiting: true,
  used: 1,
  ...changes,
});

const limited = (second: number): Attempt => attempt(second, { ending: 'limited' });
const failed = (second: number): Attempt => attempt(second, { ending: 'unavailable' });

/** The same attempt several times, in the same second. */
const times = (count: number, repeated: Attempt): readonly Attempt[] =>
  Array<Attempt>(count).fill(repeated);

const after = (known: Adaptive, attempts: readonly Attempt[]): Adaptive =>
  attempts.reduce(nextEstimate, known);

const rounded = ({ rate }: Adaptive): number => Number(rate.toFixed(2));

describe('an adaptive rate that starts at 10 requests per second', () => {
  /** Attempts, their description, the rate after them, because. */
  const rows: readonly (readonly [string, readonly Attempt[], number, string])[] = [
    ['nothing', [], 10, 'it starts at the configured rate'],
    ['the answers of a second', times(14, attempt(1)), 19.95, 'it doubles within a second'],
    [
      'ten answers while no request is queued',
      times(10, attempt(1, { waiting: false })),
      10,
      'without demand there is no need to probe',
    ],
    [
      'ten answers while another limit holds requests back',
      times(10, attempt(1, { used: 0.6 })),
      10,
      'an unused rate proves nothing',
    ],
    ['a refusal', [limited(1)], 5, 'half is the guess while no limit is known'],
    [
      'three refusals at once',
      times(3, limited(1)),
      5,
      'attempts that started before the decrease say nothing',
    ],
    ['successive refusals', [limited(1), limited(2)], 3.5, 'the first decrease was too small'],
    [
      'a refusal and two hundred answers',
      [limited(1), ...times(200, attempt(2))],
      10,
      'many answers lead back to the ceiling',
    ],
    [
      'a refusal and fifty answers',
      [limited(1), ...times(50, attempt(2))],
      7.89,
      'the approach to the ceiling starts fast',
    ],
    [
      'a refusal and four hundred answers',
      [limited(1), ...times(400, attempt(2))],
      11.5,
      'beyond the ceiling it probes slowly',
    ],
    [
      'a refusal, many answers, a refusal',
      [limited(1), ...times(200, attempt(2)), limited(3)],
      8.5,
      'a known limit needs only a small decrease',
    ],
    ['four failures', times(4, failed(1)), 10, 'a few failures are not an outage'],
    [
      'failures among answers',
      Array.from({ length: 20 }, (_, i) => (i % 2 ? failed(1) : attempt(1, { waiting: false }))),
      10,
      'single failures concern single requests',
    ],
    ['five failures', times(5, failed(1)), 1, 'an outage resets the rate'],
    [
      'a long outage',
      [1, 2, 3, 4, 5, 6].flatMap((second) => times(5, failed(second))),
      1,
      'it still probes once per second',
    ],
    [
      'an outage and a hundred answers',
      [...times(5, failed(1)), ...times(100, attempt(2))],
      8.88,
      'an outage says nothing about the limit',
    ],
    ['100,000 answers', times(1e5, attempt(1)), 1000, 'the upper bound is never exceeded'],
  ];
  test.each(rows)('after %s', (_name, attempts, expected, because) => {
    expect(rounded(after(initialEstimate(10, 1000), attempts)), because).toBe(expected);
  });
});

describe('an adaptive rate with slower answers', () => {
  const lasting = (milliseconds: number, changes: Partial<Attempt> = {}): Attempt =>
    attempt(1, { start: 0, end: milliseconds, ...changes });

  /** The number of attempts of 100 ms, the attempts after them, the number of decreases, because. */
  const rows: readonly (readonly [number, readonly Attempt[], number, string])[] = [
    [300, times(40, lasting(400)), 1, 'a few answers prove that four times the latency is slower'],
    [300, times(5, lasting(400)), 0, 'a few answers may be an accident'],
    [300, times(200, lasting(180)), 0, 'latency varies'],
    [20, times(40, lasting(400)), 0, 'there is no baseline yet'],
    [
      300,
      times(40, lasting(400, { waiting: false })),
      0,
      'without queued requests the load is not the cause',
    ],
    [300, times(2000, lasting(400)), 5, 'ineffective decreases end'],
  ];
  test.each(rows)('%d of 100 ms and then: %#', (before, attempts, expected, because) => {
    let known = initialEstimate(10, 1000);
    let steps = 0;
    const all = [...times(before, lasting(100, { waiting: false })), ...attempts];
    for (const [second, repeated] of all.entries()) {
      const [start, end] = [repeated.start, repeated.end].map((at) => second * 1000 + at);
      const next = nextEstimate(known, { ...repeated, start: start ?? 0, end: end ?? 0 });
      if (next.rate < known.rate) steps += 1;
      known = next;
    }
    expect(steps, because).toBe(expected);
  });

  test('the rate does not decrease because of normal variation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
          minLength: 2000,
          maxLength: 2000,
        }),
        (draws) => {
          let known = initialEstimate(10, 1000);
          for (const draw of draws) {
            const next = nextEstimate(known, lasting(-100 * Math.log(draw)));
            expect(next.rate).toBeGreaterThanOrEqual(known.rate);
            known = next;
          }
        },
      ),
      { seed: 6, numRuns: 20 },
    );
  });
});

test('the rate always stays between 1 request per second and its upper bound', () => {
  const any = fc.record({
    ending: fc.constantFrom('answered', 'limited', 'unavailable'),
    start: fc.nat(10_000),
    lasts: fc.nat(5000),
    waiting: fc.boolean(),
    used: fc.double({ min: 0, max: 1.5, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 1000, noNaN: true }),
      fc.double({ min: 1, max: 5, noNaN: true }),
      fc.array(any, { maxLength: 300 }),
      (start, changes, all) => {
        const highest = start * changes;
        let known = initialEstimate(start, highest);
        for (const { lasts, ...repeated } of all) {
          known = nextEstimate(known, { ...repeated, end: repeated.start + lasts });
          expect(known.rate).toBeGreaterThanOrEqual(Math.min(1, start));
          expect(known.rate).toBeLessThanOrEqual(highest);
        }
      },
    ),
    { seed: 6 },
  );
});

test('slow answers at an unused rate decrease it, but never to 0', () => {
  const answers = Array.from({ length: 60 }, (_, index) => ({
    ending: 'answered' as const,
    start: index * 1000,
    end: index * 1000 + (index < 20 ? 100 : 10_000),
    waiting: true,
    used: index < 20 ? 1 : 0,
  }));
  const { rate, ceiling, base } = answers.reduce(nextEstimate, initialEstimate(10, 1000));
  expect(rate).toBeGreaterThanOrEqual(1);
  expect(Number.isFinite(rate + base) && ceiling > 0).toBe(true);
});
