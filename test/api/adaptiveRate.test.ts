import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  learn,
  startingAt,
  type Adaptive,
  type Attempt,
} from '../../src/api/throttle/adaptiveRate.ts';

/** An attempt that lasted 100 ms; the second that it ended in. */
const attempt = (second: number, more: Partial<Attempt> = {}): Attempt => ({
  ending: 'answered',
  start: second * 1000 - 100,
  end: second * 1000,
  waiting: true,
  used: 1,
  ...more,
});

const limited = (second: number): Attempt => attempt(second, { ending: 'limited' });
const failed = (second: number): Attempt => attempt(second, { ending: 'unavailable' });

/** The same attempt so many times, at the same second. */
const times = (count: number, one: Attempt): readonly Attempt[] => Array<Attempt>(count).fill(one);

const after = (known: Adaptive, attempts: readonly Attempt[]): Adaptive =>
  attempts.reduce(learn, known);

const rounded = ({ rate }: Adaptive): number => Number(rate.toFixed(2));

describe('the rate, from 10 a second', () => {
  /** What happened, the rate then, because. */
  const rows: readonly (readonly [string, readonly Attempt[], number, string])[] = [
    ['nothing', [], 10, 'it begins where it is set'],
    ['the answers of a second', times(14, attempt(1)), 19.95, 'it doubles in one'],
    [
      'ten answers while nothing waits',
      times(10, attempt(1, { waiting: false })),
      10,
      'what nobody wants need not be known',
    ],
    [
      'ten answers of which something else allows no more',
      times(10, attempt(1, { used: 0.6 })),
      10,
      'what is not used is not known',
    ],
    ['a refusal', [limited(1)], 5, 'where no limit is known half is a guess'],
    [
      'three refusals at once',
      times(3, limited(1)),
      5,
      'what had begun before the step says nothing',
    ],
    ['refusals one after the other', [limited(1), limited(2)], 3.5, 'the first step was too small'],
    [
      'a refusal and two hundred answers',
      [limited(1), ...times(200, attempt(2))],
      10,
      'the ceiling is reached again, after many answers',
    ],
    [
      'a refusal and fifty answers',
      [limited(1), ...times(50, attempt(2))],
      7.89,
      'the way to the ceiling begins fast',
    ],
    [
      'a refusal and four hundred answers',
      [limited(1), ...times(400, attempt(2))],
      11.5,
      'beyond it the unknown begins, slowly',
    ],
    [
      'a refusal, many answers, a refusal',
      [limited(1), ...times(200, attempt(2)), limited(3)],
      8.5,
      'a known limit needs a small step only',
    ],
    ['four failures', times(4, failed(1)), 10, 'bad luck is no outage'],
    [
      'failures among answers',
      Array.from({ length: 20 }, (_, i) => (i % 2 ? failed(1) : attempt(1, { waiting: false }))),
      10,
      'one bad request among good ones is its own matter',
    ],
    ['five failures', times(5, failed(1)), 1, 'after an outage it begins anew'],
    [
      'an outage that lasts',
      [1, 2, 3, 4, 5, 6].flatMap((second) => times(5, failed(second))),
      1,
      'it asks once in a second at least',
    ],
    [
      'an outage and a hundred answers',
      [...times(5, failed(1)), ...times(100, attempt(2))],
      8.88,
      'an outage says nothing about the limit',
    ],
    ['very many answers', times(1e5, attempt(1)), 1000, 'a ceiling is never exceeded'],
  ];
  test.each(rows)('after %s', (_name, attempts, expected, because) => {
    expect(rounded(after(startingAt(10, 1000), attempts)), because).toBe(expected);
  });
});

describe('answers that become slower', () => {
  const lasting = (milliseconds: number, more: Partial<Attempt> = {}): Attempt =>
    attempt(1, { start: 0, end: milliseconds, ...more });

  /** Which attempts answered in 100 ms before, what came then, how often the rate stepped back, because. */
  const rows: readonly (readonly [number, readonly Attempt[], number, string])[] = [
    [300, times(40, lasting(400)), 1, 'four times as long is clear after a few answers'],
    [300, times(5, lasting(400)), 0, 'a few may be an accident'],
    [300, times(200, lasting(180)), 0, 'it may vary'],
    [20, times(40, lasting(400)), 0, 'nobody knows yet what is usual'],
    [300, times(40, lasting(400, { waiting: false })), 0, 'without load it is not the load'],
    [300, times(2000, lasting(400)), 5, 'what does not help is not done for ever'],
  ];
  test.each(rows)('%d of 100 ms and then: %#', (before, attempts, expected, because) => {
    let known = startingAt(10, 1000);
    let steps = 0;
    const all = [...times(before, lasting(100, { waiting: false })), ...attempts];
    for (const [second, one] of all.entries()) {
      const [start, end] = [one.start, one.end].map((at) => second * 1000 + at);
      const next = learn(known, { ...one, start: start ?? 0, end: end ?? 0 });
      if (next.rate < known.rate) steps += 1;
      known = next;
    }
    expect(steps, because).toBe(expected);
  });

  test('are told from answers that vary as much as answers do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
          minLength: 2000,
          maxLength: 2000,
        }),
        (draws) => {
          let known = startingAt(10, 1000);
          for (const draw of draws) {
            const next = learn(known, lasting(-100 * Math.log(draw)));
            expect(next.rate).toBeGreaterThanOrEqual(known.rate);
            known = next;
          }
        },
      ),
      { seed: 6, numRuns: 20 },
    );
  });
});

test('whatever happens, the rate stays between one a second and its ceiling', () => {
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
      (start, more, all) => {
        const highest = start * more;
        let known = startingAt(start, highest);
        for (const { lasts, ...one } of all) {
          known = learn(known, { ...one, end: one.start + lasts });
          expect(known.rate).toBeGreaterThanOrEqual(Math.min(1, start));
          expect(known.rate).toBeLessThanOrEqual(highest);
        }
      },
    ),
    { seed: 6 },
  );
});

test('slow answers while nothing was used slow it down, and never to a stop', () => {
  const answers = Array.from({ length: 60 }, (_, index) => ({
    ending: 'answered' as const,
    start: index * 1000,
    end: index * 1000 + (index < 20 ? 100 : 10_000),
    waiting: true,
    used: index < 20 ? 1 : 0,
  }));
  const { rate, ceiling, base } = answers.reduce(learn, startingAt(10, 1000));
  expect(rate).toBeGreaterThanOrEqual(1);
  expect(Number.isFinite(rate + base) && ceiling > 0).toBe(true);
});
