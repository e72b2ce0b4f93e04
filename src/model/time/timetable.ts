import { formatIn } from './timeZone.ts';

/**
 * The times at which a machine runs: `{ running: "Mon-Fri 08:00-19:00", timezone: Europe/Berlin }`. It is off at all
 * others. The default timezone is UTC.
 */
export interface Timetable {
  readonly running: string;
  readonly timezone?: string;
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
   * no window: a window in a skipped hour is skipped, one in a repeated hour applies twice. Throws a `RangeError` with
   * a message for the user if the timetable is malformed.
   */
  runsAt(timetable: Timetable, now: Date): boolean;
  /**
   * Returns the next instant within eight days, to the minute, at which a timetable changes between running and off;
   * undefined if there is none. Throws as `runsAt` does.
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
  const evaluated = ({ running, timezone = 'UTC' }: Timetable): Evaluated => {
    const format = formatOf(timezone);
    return { windows: windowsOf(running), wallClock: (now) => wallClockIn(format, now) };
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
}

function runsAt({ windows, wallClock }: Evaluated, now: Date): boolean {
  const { day, minute } = wallClock(now);
  const yesterday = (day + 6) % 7;
  return windows.some(({ days, start, end }) =>
    start < end
      ? days.has(day) && minute >= start && minute < end
      : (days.has(day) && minute >= start) || (days.has(yesterday) && minute < end),
  );
}

function nextEdge(timetable: Evaluated, now: Date): Date | undefined {
  const { windows, wallClock } = timetable;
  const runs = runsAt(timetable, now);
  const turned = (at: number): boolean => runsAt(timetable, new Date(at)) !== runs;
  const edges = windows.flatMap(({ start, end }) => [start, end]);
  const minuteAt = (at: number): number => wallClock(new Date(at)).minute;
  const end = now.getTime() + 8 * minutesOfDay * minuteMs;
  for (let at = Math.floor(now.getTime() / minuteMs) * minuteMs; at < end;) {
    const minute = minuteAt(at);
    const stride = Math.min(60, ...edges.map((edge) => minutesUntil(edge, minute)));
    // If the clock is set within the stride, an edge may be anywhere in it.
    const even = minuteAt(at + stride * minuteMs) === (minute + stride) % minutesOfDay;
    at += (even ? stride : 1) * minuteMs;
    if (turned(at)) return new Date(at);
  }
  return undefined;
}

const minuteMs = 60_000;

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
