import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTimetables, timetableProblem } from '../../src/model/time/timetable.ts';

const timetables = createTimetables();

describe('a timetable follows the clock of its zone', () => {
  test.each([
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-20T07:00:00Z', true, 'the first minute'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-20T06:59:59Z', false, 'a second too early'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-20T18:00:00Z', false, 'the end is exclusive'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-21T12:00:00Z', false, 'a Saturday'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-07-01T06:00:00Z', true, 'summer time'],
    ['01:30-03:30', 'Europe/Berlin', '2027-03-28T00:59:00Z', true, 'before the skipped hour'],
    ['02:00-03:00', 'Europe/Berlin', '2027-03-28T01:00:00Z', false, 'the skipped hour is skipped'],
    ['02:00-03:00', 'Europe/Berlin', '2026-10-25T00:30:00Z', true, 'the repeated hour'],
    [
      '02:00-03:00',
      'Europe/Berlin',
      '2026-10-25T01:30:00Z',
      true,
      'the repeated hour, the second time',
    ],
    ['22:00-06:00', 'UTC', '2026-11-23T01:30:00Z', true, 'over midnight'],
    ['Fri 22:00-06:00', 'UTC', '2026-11-21T05:59:00Z', true, 'Friday night ends on Saturday'],
    ['Fri 22:00-06:00', 'UTC', '2026-11-20T05:59:00Z', false, 'Thursday night is not Friday’s'],
    ['Sat-Mon 10:00-12:00', 'UTC', '2026-11-22T10:30:00Z', true, 'days across the end of the week'],
    [
      'Sat,Sun 10:00-12:00, Mon 01:00-02:00',
      'UTC',
      '2026-11-23T01:30:00Z',
      true,
      'the second window',
    ],
    [
      '00:00-24:00',
      'Asia/Kathmandu',
      '2026-11-23T01:30:00Z',
      true,
      'all day, in a zone with an odd offset',
    ],
  ])('%s %s at %s is %s: %s', (running, timezone, at, expected) => {
    expect(timetables.runsAt({ running, timezone }, new Date(at))).toBe(expected);
  });
});

describe('a timetable changes', () => {
  test.each([
    ['Mon-Fri 08:00-19:00', 'UTC', '2026-11-20T12:34:56Z', '2026-11-20T19:00:00Z', 'at its end'],
    ['Mon-Fri 08:00-19:00', 'UTC', '2026-11-20T19:00:00Z', '2026-11-23T08:00:00Z', 'after days'],
    ['08:00-12:00, 10:00-14:30', 'UTC', '2026-11-20T08:00:00Z', '2026-11-20T14:30:00Z', 'once'],
    ['Sun 08:07-08:08', 'UTC', '2026-11-22T08:08:00Z', '2026-11-29T08:07:00Z', 'in a week'],
    ['22:00-24:00', 'UTC', '2026-11-20T22:00:00Z', '2026-11-21T00:00:00Z', 'at midnight'],
    ['00:00-24:00', 'UTC', '2026-11-20T22:00:00Z', undefined, 'never'],
    ['Mon-Fri 08:00-19:00', 'Asia/Kathmandu', '2026-11-20T01:00:00Z', '2026-11-20T02:15:00Z', ''],
    [
      '02:30-03:30',
      'Europe/Berlin',
      '2027-03-28T00:31:00Z',
      '2027-03-28T01:00:00Z',
      'when the clock is set forward over its start',
    ],
    [
      '02:30-02:45',
      'Europe/Berlin',
      '2026-10-25T00:50:00Z',
      '2026-10-25T01:30:00Z',
      'again when the clock is set back',
    ],
  ])('%s %s after %s at %s: %s', (...[running, timezone, after, at]) => {
    expect(timetables.nextEdge({ running, timezone }, new Date(after))?.toISOString()).toBe(
      at && new Date(at).toISOString(),
    );
  });

  const someTimetable = fc
    .tuple(
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: 0, max: 1439 }),
      fc.constantFrom('', 'Mon ', 'Sat-Sun '),
    )
    .map(([start, end, days]) => `${days}${timeOf(start)}-${timeOf(end)}`);

  test('at the same instants as a scan of all minutes, in any zone', () => {
    fc.assert(
      fc.property(
        someTimetable,
        fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe'),
        fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-12-31') }),
        (running, timezone, at) => {
          const timetable = { running, timezone };
          const edge =
            timetables.nextEdge(timetable, new Date(at))?.getTime() ?? at + 15 * 86_400_000;
          const minutes = Array.from(
            { length: 400 },
            (_, i) => (Math.floor(at / 60_000) + 1 + i) * 60_000,
          );
          const turn = minutes.find(
            (minute) =>
              timetables.runsAt(timetable, new Date(minute)) !==
              timetables.runsAt(timetable, new Date(at)),
          );
          expect(turn ?? Math.max(edge, minutes.at(-1) ?? 0)).toBe(edge);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const berlin = 'Europe/Berlin';
const office = 'Mon-Fri 08:00-19:00';

describe('an excepted day is off', () => {
  test.each([
    [office, ['2026-11-20'], '2026-11-20T09:00Z', false, 'within the windows of a Friday'],
    [office, ['2026-11-20'], '2026-11-19T09:00Z', true, 'the day before is not'],
    [office, ['2026-11-18/2026-11-20'], '2026-11-18T09:00Z', false, 'the first of a range'],
    [office, ['2026-11-18/2026-11-20'], '2026-11-20T17:59Z', false, 'the last of a range'],
    ['00:00-24:00', ['2026-11-20'], '2026-11-19T23:00Z', false, 'from midnight of the zone'],
    ['00:00-24:00', ['2026-11-20'], '2026-11-19T22:59Z', true, 'not from midnight of UTC'],
    ['00:00-24:00', ['2026-11-20'], '2026-11-20T23:00Z', true, 'to the next midnight'],
    [
      '22:00-06:00',
      ['2026-11-20'],
      '2026-11-20T02:00Z',
      false,
      'in a window of the evening before',
    ],
    ['22:00-06:00', ['2026-11-20'], '2026-11-21T02:00Z', true, 'the rest of its own window runs'],
    [
      office,
      ['2026-11-20', '2026-11-19'],
      '2026-11-19T09:00Z',
      false,
      'one of several, in any order',
    ],
    [office, ['2026-11-16/2026-11-21', '2026-11-17'], '2026-11-20T09:00Z', false, 'ranges overlap'],
  ])('%s except %j at %s: %s, because %s', (running, except, at, runs) => {
    const timetable = { running, timezone: berlin, except };
    expect(timetables.runsAt(timetable, new Date(at))).toBe(runs);
  });
});

describe('a timetable with exceptions changes', () => {
  test.each([
    [
      office,
      ['2026-11-20'],
      '2026-11-19T18:00Z',
      '2026-11-23T07:00Z',
      'after the day and a weekend',
    ],
    [office, ['2026-12-24/2027-01-03'], '2026-12-23T18:00Z', '2027-01-04T07:00Z', 'after 12 days'],
    [
      office,
      ['2027-01-01/2029-12-31'],
      '2027-01-05T08:00Z',
      '2030-01-01T07:00Z',
      'after three years',
    ],
    ['00:00-24:00', ['2030-05-01'], '2026-11-20T08:00Z', '2030-04-30T22:00Z', 'at a day far away'],
    ['00:00-24:00', ['2030-05-01'], '2030-05-01T08:00Z', '2030-05-01T22:00Z', 'at its end'],
    ['00:00-24:00', ['2026-05-01'], '2026-11-20T08:00Z', undefined, 'never after the last of them'],
    [
      'Mon 08:00-09:00',
      ['2026-11-23', '2026-11-30', '2027-03-01'],
      '2026-11-20T08:00Z',
      '2026-12-07T07:00Z',
      'between exceptions that are more than a fortnight apart',
    ],
    [
      'Sun 02:15-02:45',
      [],
      '2027-03-21T01:45Z',
      '2027-04-04T00:15Z',
      'a week later if the clock skips it',
    ],
    [
      '00:00-24:00',
      ['2027-03-28'],
      '2027-03-28T08:00Z',
      '2027-03-28T22:00Z',
      'after 23 hours on the day on which the clock is set forward',
    ],
  ])('%s except %j after %s at %s: %s', (...[running, except, after, at]) => {
    const timetable = { running, timezone: berlin, except };
    expect(timetables.nextEdge(timetable, new Date(after))?.toISOString()).toBe(
      at && new Date(at).toISOString(),
    );
  });

  /** The local day, weekday, and minute of every minute of 40 days around a change of the clock. */
  const localMinutes = (timeZone: string, from: string) => {
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'short',
    });
    return Array.from({ length: 40 * 1440 }, (_, index) => {
      const at = Date.parse(from) + index * 60_000;
      const [day = '', time = ''] = format.format(at).split(' ');
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      return { at, day, weekday: new Date(day).getUTCDay(), minute: hour * 60 + minute };
    });
  };
  const spans = [
    ['Europe/Berlin', '2026-10-05T00:00Z'],
    ['America/Havana', '2027-02-20T00:00Z'],
    ['Australia/Lord_Howe', '2027-03-15T00:00Z'],
    ['Pacific/Kiritimati', '2027-03-15T00:00Z'],
  ] as const;
  const minutesOf = spans.map(([timezone, from]) => ({
    timezone,
    minutes: localMinutes(timezone, from),
  }));

  const someDays = fc.array(fc.tuple(fc.nat(40), fc.nat(12)), { maxLength: 6 });

  test('at the same minutes as an evaluation of every minute', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...minutesOf),
        fc.record({ start: fc.nat(1439), end: fc.nat(1439), weekday: fc.option(fc.nat(6)) }),
        someDays,
        fc.nat(20 * 1440),
        ({ timezone, minutes }, { start, end, weekday }, days, first) => {
          const dates = [...new Set(minutes.map(({ day }) => day))];
          const excepted = days.map(([from, length]) => dates.slice(from, from + length + 1));
          const off = new Set(excepted.flat());
          const runs = (index: number): boolean => {
            const local = minutes[index];
            if (!local || off.has(local.day)) return false;
            const isOn = (day: number): boolean => weekday === null || weekday === day % 7;
            return start < end
              ? isOn(local.weekday) && local.minute >= start && local.minute < end
              : (isOn(local.weekday) && local.minute >= start) ||
                  (isOn(local.weekday + 6) && local.minute < end);
          };
          const timetable = {
            running: `${weekday === null ? '' : names[weekday]} ${timeOf(start)}-${timeOf(end)}`,
            timezone,
            except: excepted.flatMap(
              (range) => `${range[0] ?? dates[0]}/${range.at(-1) ?? dates[0]}`,
            ),
          };
          const indices = minutes.keys().drop(first + 1);
          const turn = indices.find((index) => runs(index) !== runs(first));
          const now = new Date(minutes[first]?.at ?? 0);
          const edge = timetables.nextEdge(timetable, now)?.getTime();
          expect(timetables.runsAt(timetable, now)).toBe(runs(first));
          const scanned = edge !== undefined && edge <= (minutes.at(-1)?.at ?? 0);
          expect(scanned ? edge : undefined).toBe(
            turn === undefined ? undefined : minutes[turn]?.at,
          );
        },
      ),
      { numRuns: 300 },
    );
  });
  const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
});

test.each([
  ['2026-02-30', '"2026-02-30" is no day; write a day such as 2027-05-01, or'],
  ['24.12.2026', '"24.12.2026" is no day;'],
  ['2026-12-24..2027-01-02', '"2026-12-24..2027-01-02" is no day;'],
  ['2026-12-24/', '"2026-12-24/" is no day;'],
  ['2026-12-24/2026-12-25/2026-12-26', 'is no day;'],
  [
    '2027-01-02/2026-12-24',
    '"2027-01-02/2026-12-24" ends before it begins; write the earlier day first',
  ],
])('except %s: %s', (day, problem) => {
  expect(timetableProblem({ running: office, except: [day] })).toContain(problem);
});

test('a single day may be a range', () => {
  expect(timetableProblem({ running: office, except: ['2026-12-24/2026-12-24'] })).toBeUndefined();
});

test.each([
  ['always', 'UTC', '"always" is no timetable; write for example "Mon-Fri 08:00-19:00"'],
  ['Mun 08:00-09:00', 'UTC', '"Mun" is no weekday; write Mon, Tue, Wed, Thu, Fri, Sat or Sun'],
  ['08:61-09:00', 'UTC', '"08:61" is no time of day; write 00:00 to 24:00'],
  ['Mon 08:00-09:00, Tue', 'UTC', '"Tue" is no timetable; write for example "Mon-Fri 08:00-19:00"'],
  ['08:00-09:00', 'Mars', '"Mars" is no time zone; write one like Europe/Berlin or UTC'],
])('%s in %s: %s', (running, timezone, problem) => {
  expect(timetableProblem({ running, timezone })).toBe(problem);
});
