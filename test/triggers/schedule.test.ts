import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronSchedule } from '../../src/triggers/schedule.ts';
import { simulatedClock } from '../support/simulatedClock.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** A schedule in simulated time, and its ticks: by the wall clock in UTC, and in elapsed milliseconds. */
function started(expression: string, { timezone = 'UTC', start = '2026-03-02T08:00:10Z' } = {}) {
  const clock = simulatedClock({ start: Date.parse(start), turns: 3 });
  const ticks: { readonly wall: string; readonly gone: number }[] = [];
  const schedule = cronSchedule({
    expression,
    timezone,
    clock,
    onTick: () =>
      void ticks.push({ wall: clock.now().toISOString().slice(5, 19), gone: clock.steady() }),
    log: { debug: () => undefined },
  });
  return { clock, schedule, ticks, walls: () => ticks.map(({ wall }) => wall) };
}

describe('a schedule', () => {
  /** Expression, ticks within four minutes after 08:00:10. */
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['*/2 * * * *', ['08:02:00', '08:04:00']],
    ['30 * * * * *', ['08:00:30', '08:01:30', '08:02:30', '08:03:30']],
    ['3 8 * * Mon', ['08:03:00']],
    ['3 8 * * Tue', []],
  ];
  test.for(rows)('%s ticks at %j', async ([expression, expected]) => {
    const { clock, schedule, walls } = started(expression);
    await clock.sleep(4 * minuteMs);
    expect(walls().map((wall) => wall.slice(6))).toEqual(expected);
    schedule[Symbol.dispose]();
  });

  test('follows the wall clock of its time zone', async () => {
    const { clock, schedule, walls } = started('1 9 * * *', { timezone: 'Europe/Berlin' });
    expect(schedule.next()).toEqual(new Date('2026-03-02T08:01:00Z'));
    await clock.sleep(2 * minuteMs);
    expect(walls()).toEqual(['03-02T08:01:00']);
    expect(schedule.next()).toEqual(new Date('2026-03-03T08:01:00Z'));
    schedule[Symbol.dispose]();
  });

  test('once disposed of, ticks no more and leaves no timer', async () => {
    const { clock, schedule, walls } = started('* * * * *');
    await clock.sleep(minuteMs);
    schedule[Symbol.dispose]();
    await clock.sleep(5 * minuteMs);
    expect(walls()).toEqual(['03-02T08:01:00']);
    expect(schedule.next()).toBeNull();
    expect(clock.sleeping()).toBe(0);
  });

  test('returns its next tick, years ahead', () => {
    const { schedule } = started('0 0 29 2 *');
    expect(schedule.next()).toEqual(new Date('2028-02-29T00:00:00Z'));
    schedule[Symbol.dispose]();
  });
});

describe('the wall clock', () => {
  test('repeats an hour in autumn: a schedule of five minutes does not pause', async () => {
    const start = '2026-10-24T23:59:00Z';
    const { clock, schedule, ticks } = started('*/5 * * * *', { timezone: 'Europe/Berlin', start });
    await clock.sleep(3 * hourMs);
    expect(ticks).toHaveLength(36);
    expect(gapsOf(ticks)).toEqual(Array.from({ length: 35 }, () => 5 * minuteMs));
    schedule[Symbol.dispose]();
  });

  test('skips an hour in spring: ticks in that hour are not lost', async () => {
    const start = '2027-03-27T12:00:00Z';
    const { clock, schedule, walls } = started('30 2 * * *', { timezone: 'Europe/Berlin', start });
    await clock.sleep(48 * hourMs);
    expect(walls()).toEqual(['03-28T01:30:00', '03-29T00:30:00']);
    schedule[Symbol.dispose]();
  });

  test('is set back by an hour: it ticks when it notices, and continues from there', async () => {
    const { clock, schedule, ticks, walls } = started('*/5 * * * *');
    await clock.sleep(7 * minuteMs);
    clock.set(new Date('2026-03-02T07:07:10Z'));
    await clock.sleep(8 * minuteMs);
    expect(walls().slice(0, 4)).toEqual([
      '03-02T08:05:00',
      '03-02T07:08:00',
      '03-02T07:10:00',
      '03-02T07:15:00',
    ]);
    expect(Math.max(...gapsOf(ticks))).toBeLessThanOrEqual(5 * minuteMs);
    schedule[Symbol.dispose]();
  });

  test('is set forward by hours, or the computer slept: it ticks once for all missed times', async () => {
    const { clock, schedule, walls } = started('0 * * * *');
    await clock.sleep(minuteMs);
    clock.set(new Date('2026-03-02T13:30:00Z'));
    await clock.sleep(40 * minuteMs);
    expect(walls()).toHaveLength(2);
    expect(walls()[0]).toMatch(/^03-02T13:3/);
    expect(walls()[1]).toBe('03-02T14:00:00');
    schedule[Symbol.dispose]();
  });

  test('is set by years: missed times are not enumerated', async () => {
    const { clock, schedule, ticks } = started('* * * * * *');
    clock.set(new Date('2040-01-01T00:00:00.500Z'));
    await clock.sleep(3000);
    expect(ticks.length).toBeLessThan(6);
    schedule[Symbol.dispose]();
  });

  test('is set at random: two ticks of */5 are never more than five minutes apart', async () => {
    const set = fc.record({
      after: fc.integer({ min: 1000, max: 20 * minuteMs }),
      by: fc.integer({ min: -3 * 24 * hourMs, max: 3 * 24 * hourMs }),
    });
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York');
    const begin = fc.constantFrom(
      '2026-10-24T22:13:07Z',
      '2027-03-27T23:59:59Z',
      '2026-11-01T03:00:00Z',
    );
    await fc.assert(
      fc.asyncProperty(
        zone,
        begin,
        fc.array(set, { maxLength: 6 }),
        async (timezone, start, sets) => {
          const { clock, schedule, ticks } = started('*/5 * * * *', { timezone, start });
          for (const { after, by } of sets) {
            await clock.sleep(after);
            clock.set(new Date(clock.now().getTime() + by));
          }
          await clock.sleep(30 * minuteMs);
          schedule[Symbol.dispose]();
          await setImmediate();
          // A clock that is set back by less than a second per minute is treated as slow.
          const most = 5 * minuteMs + 5000;
          expect(Math.max(ticks[0]?.gone ?? Infinity, ...gapsOf(ticks))).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 60, seed: 22 },
    );
  });
});

const gapsOf = (ticks: readonly { readonly gone: number }[]): readonly number[] =>
  ticks.slice(1).map(({ gone }, i) => gone - (ticks[i]?.gone ?? NaN));

describe('an invalid schedule is refused with a message', () => {
  /** Expression, time zone, message. */
  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['61 * * * *', 'UTC', /^"61" is not a valid minute/],
    ['* *', 'UTC', /^expected 5 or 6 fields but got 2$/],
    ['*/90 * * * *', 'UTC', /write for example "0 \*\/2 \* \* \*"$/],
    ['* * * * *', 'Berlin', /^"Berlin" is no time zone; write one like Europe\/Berlin or UTC$/],
  ];
  test.for(rows)('%s, %s', ([expression, timezone, message]) => {
    expect(() => started(expression, { timezone })).toThrow(message);
  });
});
