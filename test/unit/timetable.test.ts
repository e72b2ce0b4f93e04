import { describe, expect, test } from 'vitest';
import { runsAt, timetableProblem } from '../../src/model/timetable.ts';

describe('a timetable is read on the clock of its zone', () => {
  test.each([
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-20T07:00:00Z', true, 'the first minute'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-20T06:59:59Z', false, 'a second too early'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-20T18:00:00Z', false, 'the end is outside'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-11-21T12:00:00Z', false, 'a Saturday'],
    ['Mon-Fri 08:00-19:00', 'Europe/Berlin', '2026-07-01T06:00:00Z', true, 'summer time'],
    [
      '01:30-03:30',
      'Europe/Berlin',
      '2027-03-28T00:59:00Z',
      true,
      'before the clock skips an hour',
    ],
    ['02:00-03:00', 'Europe/Berlin', '2027-03-28T01:00:00Z', false, 'the skipped hour is skipped'],
    ['02:00-03:00', 'Europe/Berlin', '2026-10-25T00:30:00Z', true, 'the hour that comes twice'],
    ['02:00-03:00', 'Europe/Berlin', '2026-10-25T01:30:00Z', true, 'and its second coming'],
    ['22:00-06:00', 'UTC', '2026-11-23T01:30:00Z', true, 'over midnight'],
    ['Fri 22:00-06:00', 'UTC', '2026-11-21T05:59:00Z', true, 'Friday night ends on Saturday'],
    ['Fri 22:00-06:00', 'UTC', '2026-11-20T05:59:00Z', false, 'Thursday night is not Friday’s'],
    ['Sat-Mon 10:00-12:00', 'UTC', '2026-11-22T10:30:00Z', true, 'days over the end of the week'],
    [
      'Sat,Sun 10:00-12:00, Mon 01:00-02:00',
      'UTC',
      '2026-11-23T01:30:00Z',
      true,
      'the second window',
    ],
    ['00:00-24:00', 'Asia/Kathmandu', '2026-11-23T01:30:00Z', true, 'all day, in an odd zone'],
  ])('%s %s at %s is %s: %s', (running, timezone, at, expected) => {
    expect(runsAt({ running, timezone }, new Date(at))).toBe(expected);
  });
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
