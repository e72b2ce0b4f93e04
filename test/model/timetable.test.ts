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
            timetables.nextEdge(timetable, new Date(at))?.getTime() ?? at + 8 * 86_400_000;
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

test.each([
  ['always', 'UTC', '"always" is no timetable; write for example "Mon-Fri 08:00-19:00"'],
  ['Mun 08:00-09:00', 'UTC', '"Mun" is no weekday; write Mon, Tue, Wed, Thu, Fri, Sat or Sun'],
  ['08:61-09:00', 'UTC', '"08:61" is no time of day; write 00:00 to 24:00'],
  ['Mon 08:00-09:00, Tue', 'UTC', '"Tue" is no timetable; write for example "Mon-Fri 08:00-19:00"'],
  ['08:00-09:00', 'Mars', '"Mars" is no time zone; write one like Europe/Berlin or UTC'],
])('%s in %s: %s', (running, timezone, problem) => {
  expect(timetableProblem({ running, timezone })).toBe(problem);
});
