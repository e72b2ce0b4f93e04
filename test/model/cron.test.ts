import fc from 'fast-check';
import { createTask } from 'node-cron';
import { describe, expect, it } from 'vitest';
import { cronProblem } from '../../src/model/time/cron.ts';
import { cronClock } from '../../src/model/time/cronClock.ts';

describe('problems of an expression', () => {
  it.each<{ expression: string; problem: RegExp | undefined; because: string }>([
    { expression: '*/5 * * * *', problem: undefined, because: 'it has five fields' },
    {
      expression: '30 */5 * * * Mon-Fri',
      problem: undefined,
      because: 'it has six fields, with seconds',
    },
    { expression: '0 0 L,15W Jan 5#2', problem: undefined, because: 'the library supports these' },
    { expression: '0 22-2 * * Fri-Mon', problem: undefined, because: 'ranges may wrap around' },
    { expression: '@hourly', problem: undefined, because: 'it is an alias of five fields' },
    { expression: '*/59 */23 * * *', problem: undefined, because: 'a second value matches' },
    {
      expression: '1-1000000000 * * * *',
      problem: /^"1-1000000000" is not a valid minute; use 0 to 59/,
      because: 'the library would expand it to a thousand million numbers',
    },
    {
      expression: '* * * * * 0-999999999/1',
      problem: /is not a valid day of week; use 0 to 7/,
      because: 'in the last field too',
    },
    {
      expression: `${'1-999,'.repeat(40)}1 * * * *`,
      problem: /^"1-999" is not a valid minute/,
      because: 'in every part of a list',
    },
    {
      expression: '0 '.repeat(200),
      problem: /more than 256 characters/,
      because: 'it is bounded',
    },
    {
      expression: '*/90 * * * *',
      problem:
        /the step in "\*\/90" is larger than the range of the minute field.*write for example "0 \*\/2 \* \* \*"$/,
      because: 'it would run every hour',
    },
    {
      expression: '*/60 * * * *',
      problem: /write for example "0 \* \* \* \*"$/,
      because: 'every hour has another form',
    },
    {
      expression: '*/2880 * * * *',
      problem: /write for example "0 0 \* \* \*"$/,
      because: 'only the first value would match',
    },
    {
      expression: '*/120 * * * * *',
      problem: /of the second field.*write for example "\*\/2 \* \* \* \*"$/,
      because: 'minutes fit better',
    },
    {
      expression: '0 */36 * * *',
      problem: /of the hour field.*write for example "0 0 \* \* \*"$/,
      because: 'a day has 24 hours',
    },
    { expression: '0 0 */31 * *', problem: /of the day of month field/, because: 'only the 1st' },
    { expression: '0 0 1 */12 *', problem: /of the month field/, because: 'only January' },
    { expression: '0 0 * * */9', problem: /of the day of week field/, because: 'only Sunday' },
    {
      expression: '10-20/30 * * * *',
      problem: /the step in "10-20\/30" is larger/,
      because: 'a range has a range as well',
    },
    {
      expression: '61 * * * *',
      problem: /^"61" is not a valid minute/,
      because: 'an hour has 60 minutes',
    },
    {
      expression: '* * *',
      problem: /^expected 5 or 6 fields but got 3$/,
      because: 'two fields are missing',
    },
    { expression: '', problem: /./, because: 'it is empty' },
    { expression: '0 0 31 2 *', problem: /impossible/, because: 'February has no such day' },
    {
      expression: '*/0 * * * *',
      problem: /^"\*\/0" is not a valid minute/,
      because: 'a step of 0',
    },
    { expression: '* * * * *\0', problem: /illegal/, because: 'NUL is illegal' },
  ])('$expression: $because', ({ expression, problem }) => {
    expect(cronProblem(expression) ?? 'none').toMatch(problem ?? /^none$/);
  });

  it('are found in constant time for large numbers, and never thrown', () => {
    const part = fc.tuple(
      fc.constantFrom('*', '0', '5', '59', '60', '1-9', '9-1', '1-1000000000', 'L', '5W', '?', '#'),
      fc.constantFrom('', '/1', '/5', '/60', '/0', '/99999999999', '-3', '#2', ',', ',1'),
    );
    const field = fc.array(part, { minLength: 1, maxLength: 4 });
    const expression = fc.array(field, { maxLength: 7 });
    fc.assert(
      fc.property(expression, (fields) => {
        const text = fields.map((parts) => parts.map((both) => both.join('')).join(',')).join(' ');
        expect(['string', 'undefined']).toContain(typeof cronProblem(text));
      }),
      { numRuns: 3000, seed: 17 },
    );
  });
});

const iso = (instant: number | undefined): string =>
  instant === undefined ? 'never' : new Date(instant).toISOString().slice(5, 16);

describe('the instants of an expression', () => {
  it.each<{ expression: string; zone: string; from: string; next: string; because: string }>([
    {
      expression: '*/30 * * * *',
      zone: 'Europe/Berlin',
      from: '2026-10-24T23:50Z',
      next: '10-25T00:00 10-25T00:30 10-25T01:00 10-25T01:30 10-25T02:00',
      because: 'a repeated hour has no gap',
    },
    {
      expression: '30 2 * * *',
      zone: 'Europe/Berlin',
      from: '2026-10-24T12:00Z',
      next: '10-25T00:30 10-25T01:30 10-26T01:30',
      because: 'a repeated time counts twice',
    },
    {
      expression: '30 2 * * *',
      zone: 'Europe/Berlin',
      from: '2027-03-27T12:00Z',
      next: '03-28T01:30 03-29T00:30',
      because: 'a skipped time counts as if the clock had not been set forward',
    },
    {
      expression: '*/30 * * * *',
      zone: 'Europe/Berlin',
      from: '2027-03-28T00:20Z',
      next: '03-28T00:30 03-28T01:00 03-28T01:30 03-28T02:00',
      because: 'no instant counts twice',
    },
    {
      expression: '*/20 * * * *',
      zone: 'Australia/Lord_Howe',
      from: '2026-04-04T14:30Z',
      next: '04-04T14:40 04-04T15:10 04-04T15:30 04-04T15:50',
      because: 'a clock may be set back by half an hour',
    },
    {
      expression: '0 0 29 2 *',
      zone: 'UTC',
      from: '2026-01-01T00:00Z',
      next: '02-29T00:00 02-29T00:00',
      because: 'it comes every four years',
    },
    {
      expression: '0 12 13 * Fri',
      zone: 'UTC',
      from: '2026-01-01T00:00Z',
      next: '02-13T12:00 03-13T12:00 11-13T12:00',
      because: 'both day fields must match',
    },
    {
      expression: '0 0 1 1 *',
      zone: 'Pacific/Kiritimati',
      from: '2026-06-01T00:00Z',
      next: '12-31T10:00',
      because: 'the clock there is furthest ahead',
    },
  ])('$expression in $zone: $because', ({ expression, zone, from, next }) => {
    const clock = cronClock(expression, zone);
    const end = Date.parse('2040-01-01T00:00Z');
    const found: number[] = [];
    for (const _ of next.split(' '))
      found.push(clock.next(found.at(-1) ?? Date.parse(from), end) ?? NaN);
    expect(found.map(iso).join(' ')).toBe(next);
    const start = Date.parse(from);
    const back = found.map((instant) => clock.last(instant, start));
    expect(back).toEqual(found);
    expect(found.map((instant) => clock.last(instant - 1, start))).toEqual([
      undefined,
      ...found.slice(0, -1),
    ]);
  });

  it('are searched within bounds', () => {
    const clock = cronClock('0 0 1 1 *', 'UTC');
    const now = Date.parse('2026-06-01T00:00Z');
    expect(clock.next(now, now + 31 * 86_400_000)).toBeUndefined();
    expect(clock.last(now, now - 31 * 86_400_000)).toBeUndefined();
    expect(
      clock.next(Date.parse('2027-01-01T00:00Z'), Date.parse('2027-01-02T00:00Z')),
    ).toBeUndefined();
    expect(clock.last(Date.parse('2027-01-01T00:00Z'), Date.parse('2026-12-31T23:59:59Z'))).toBe(
      Date.parse('2027-01-01T00:00Z'),
    );
  });

  it('of an invalid expression or time zone throw a clear error', () => {
    expect(() => cronClock('* * * * *', 'Berlin')).toThrow(
      new RangeError('"Berlin" is no time zone; write one like Europe/Berlin or UTC'),
    );
    expect(() => cronClock('61 * * * *', 'UTC')).toThrow(RangeError);
  });

  /** Transitions of these zones, and days without transitions. */
  const starts = [
    ['Europe/Berlin', '2026-10-24T20:00Z'],
    ['Europe/Berlin', '2027-03-27T20:00Z'],
    ['America/New_York', '2026-11-01T00:00Z'],
    ['America/New_York', '2027-03-14T00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T08:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T08:00Z'],
    ['Pacific/Chatham', '2026-09-26T08:00Z'],
    ['Africa/Cairo', '2026-04-23T16:00Z'],
    ['Asia/Kathmandu', '2026-05-05T00:00Z'],
    ['UTC', '2026-02-28T12:00Z'],
  ] as const;

  it('are the matching wall-clock times and the skipped ones', () => {
    const minute = fc.constantFrom('*', '*/5', '0', '30', '7,37', '*/20', '45-50');
    const hour = fc.constantFrom('*', '*/2', '0', '1-3', '2', '3', '23,0');
    const day = fc.constantFrom('*', '1-15', '25', 'L', '*/2');
    const week = fc.constantFrom('*', 'Sun', 'Mon-Fri', 'Sat,Sun');
    fc.assert(
      fc.property(
        fc.constantFrom(...starts),
        minute,
        hour,
        day,
        week,
        ([zone, start], ...parts) => {
          const [m, h, d, w] = parts;
          const expression = `${m} ${h} ${d} * ${w}`;
          const task = createTask(expression, () => undefined, { timezone: zone });
          void task.destroy();
          const [from, to] = [Date.parse(start), Date.parse(start) + 14 * 3_600_000];
          const matching: number[] = [];
          for (let at = from + 60_000; at < to; at += 60_000)
            if (task.match(new Date(at))) matching.push(at);
          const clock = cronClock(expression, zone);
          const found: number[] = [];
          for (let at = clock.next(from, to); at !== undefined; at = clock.next(at, to))
            found.push(at);
          expect(found).toEqual(expect.arrayContaining(matching));
          const skipped = found.filter((at) => !matching.includes(at));
          // At most the matches of a skipped hour.
          expect(skipped.length).toBeLessThanOrEqual(60);
          const back: number[] = [];
          for (let at = clock.last(to - 1, from); at !== undefined; at = clock.last(at - 1, from))
            back.push(at);
          expect(back.toReversed()).toEqual(found);
        },
      ),
      { numRuns: 150, seed: 22 },
    );
  });
});
