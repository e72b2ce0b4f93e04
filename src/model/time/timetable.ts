import { createExceptions, type Exceptions } from './exceptions.ts';
import { formatIn } from './timeZone.ts';

/**
 * The times at which a machine runs: `{ running: "Mon-Fri 08:00-19:00", timezone: Europe/Berlin }`. It is off at all
 * others. The default timezone is UTC.
 */
export interface Timetable {
  readonly running: string;
  readonly timezone?: string;
  /**
   * Days such as `2027-05-01`, and ranges such as `2026-12-24/2027-01-02` with both days included, in the zone of the
   * timetable. It is off on these days, whatever the windows say.
   */
  readonly except?: readonly string[];
}

/** A daily window in minutes since midnight. If `end` is not after `start`, it is on the next day. */
interface Window {
  readonly days: ReadonlySet<number>;
  readonly start: number;
  readonly end: number;
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const minutesOfDay = 24 * 60;
const allDays: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6]);

/** Evaluates timetables. */
export interface Timetables {
  /**
   * Whether a timetable says `running` at an instant. Times are wall-clock times of its zone, so daylight saving moves
   * no window: a window in a skipped hour is skipped, one in a repeated hour applies twice. An instant on an excepted
   * day is off, also in a window that began the evening before. Throws a `RangeError` with a message for the user if
   * the timetable is malformed.
   */
  runsAt(timetable: Timetable, now: Date): boolean;
  /**
   * Returns the next instant, to the minute, at which a timetable changes between running and off; undefined if it
   * never does. It may be years away, behind excepted days. Throws as `runsAt` does.
   */
  nextEdge(timetable: Timetable, now: Date): Date | undefined;
}

/**
 * Creates an evaluator of many timetables. It parses each one once, and creates one format per time zone: that takes
 * 40 µs, and thousands of machines may have the same timetable.
 */
export function createTimetables(): Timetables {
  const windowsOf = memoized(parseWindows);
  const formatOf = memoized((timezone: string) =>
    formatIn(timezone, { weekday: 'short', hour: '2-digit', minute: '2-digit' }),
  );
  const exceptionsOf = createExceptions();
  const evaluated = ({ running, timezone = 'UTC', except = [] }: Timetable): Evaluated => {
    const format = formatOf(timezone);
    return {
      windows: windowsOf(running),
      wallClock: (now) => wallClockIn(format, now),
      exceptions: exceptionsOf(except, timezone),
    };
  };
  return {
    runsAt: (timetable, now) => runsAt(evaluated(timetable), now),
    nextEdge: (timetable, now) => nextEdge(evaluated(timetable), now),
  };
}

function memoized<Value>(compute: (text: string) => Value): (text: string) => Value {
  const values = new Map<string, Value>();
  return (text) => {
    const value = values.get(text) ?? compute(text);
    values.set(text, value);
    return value;
  };
}

/** A parsed timetable with the clock of its zone. */
interface Evaluated {
  readonly windows: readonly Window[];
  readonly wallClock: (now: Date) => { readonly day: number; readonly minute: number };
  readonly exceptions: Exceptions;
}

function runsAt({ windows, wallClock, exceptions }: Evaluated, now: Date): boolean {
  const { day, minute } = wallClock(now);
  const yesterday = (day + 6) % 7;
  const inWindow = windows.some(({ days, start, end }) =>
    start < end
      ? days.has(day) && minute >= start && minute < end
      : (days.has(day) && minute >= start) || (days.has(yesterday) && minute < end),
  );
  return inWindow && !exceptions.include(now);
}

/**
 * Searches fortnights, so that a weekly window that the clock skips once is found in the week after. After a fortnight
 * without a turn and without excepted days, only excepted days can change the state, so the next ones are searched.
 */
function nextEdge(timetable: Evaluated, now: Date): Date | undefined {
  const { exceptions } = timetable;
  const runs = runsAt(timetable, now);
  for (let at: number | undefined = floorToMinute(now.getTime()); at !== undefined;) {
    const start: number = runs ? at : exceptions.skipFrom(at);
    const end: number = start + fortnightMs;
    const edge = edgeBetween(timetable, runs, start, end);
    if (edge !== undefined) return edge;
    at = exceptions.touch(start, end) ? end : exceptions.nextFrom(end);
  }
  return undefined;
}

/** The first instant after `start` and up to about `end` at which the state is no longer `runs`. */
function edgeBetween(
  timetable: Evaluated,
  runs: boolean,
  start: number,
  end: number,
): Date | undefined {
  const { windows, wallClock } = timetable;
  // Excepted days begin and end at midnight.
  const edges = [0, ...windows.flatMap((window) => [window.start, window.end])];
  const minuteAt = (at: number): number => wallClock(new Date(at)).minute;
  for (let at = start; at < end;) {
    const minute = minuteAt(at);
    const stride = Math.min(60, ...edges.map((edge) => minutesUntil(edge, minute)));
    // If the clock is set within the stride, an edge may be anywhere in it.
    const even = minuteAt(at + stride * minuteMs) === (minute + stride) % minutesOfDay;
    at += (even ? stride : 1) * minuteMs;
    if (runsAt(timetable, new Date(at)) !== runs) return new Date(at);
  }
  return undefined;
}

const minuteMs = 60_000;

/** With a day more, for clocks that are set. */
const fortnightMs = 15 * minutesOfDay * minuteMs;

const floorToMinute = (at: number): number => Math.floor(at / minuteMs) * minuteMs;

/** Minutes from a time of day to the next occurrence of `edge`: 1 to 1440. */
const minutesUntil = (edge: number, minute: number): number =>
  ((edge - minute - 1 + 2 * minutesOfDay) % minutesOfDay) + 1;

/** Says what is wrong with a timetable, for the user; undefined if it is valid. */
export function timetableProblem(timetable: Timetable): string | undefined {
  try {
    createTimetables().runsAt(timetable, new Date(0));
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Parses windows such as `Mon-Fri 08:00-19:00, Sat,Sun 10:00-12:00`. */
const parseWindows = (text: string): readonly Window[] =>
  text.split(/(?<=\d\d:\d\d-\d\d:\d\d)\s*,/).map((part) => windowOf(part.trim()));

function windowOf(text: string): Window {
  const [times, start, end] = /(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  const days = text.slice(0, -(times?.length ?? 0)).trim();
  if (start === undefined || end === undefined || !/^([A-Za-z][A-Za-z,\s-]*)?$/.test(days))
    throw malformed(text);
  return { days: daysOf(days), start: minuteOf(start), end: minuteOf(end) };
}

function daysOf(text: string): ReadonlySet<number> {
  if (text === '') return allDays;
  return new Set(
    text.split(',').flatMap((range) => {
      const [from = '', to = from] = range.split('-').map((day) => day.trim());
      const [first, last] = [dayOf(from), dayOf(to)];
      return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => (first + i) % 7);
    }),
  );
}

function dayOf(text: string): number {
  const day = dayNames.findIndex((name) => name.toLowerCase() === text.toLowerCase());
  if (day < 0)
    throw new RangeError(`"${text}" is no weekday; write Mon, Tue, Wed, Thu, Fri, Sat or Sun`);
  return day;
}

function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  if (minute > 59 || hour * 60 + minute > minutesOfDay)
    throw new RangeError(`"${text}" is no time of day; write 00:00 to 24:00`);
  return hour * 60 + minute;
}

const malformed = (text: string): RangeError =>
  new RangeError(`"${text}" is no timetable; write for example "Mon-Fri 08:00-19:00"`);

function wallClockIn(format: Intl.DateTimeFormat, now: Date): { day: number; minute: number } {
  const parts = Object.fromEntries(
    format.formatToParts(now).map(({ type, value }) => [type, value]),
  );
  return {
    day: dayOf(parts['weekday'] ?? ''),
    minute: Number(parts['hour']) * 60 + Number(parts['minute']),
  };
}
