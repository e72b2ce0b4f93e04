import { formatIn } from './timeZone.ts';
import { cronTimes, type CronTimes } from './cron.ts';

/** The instants that a cron expression names in a time zone, in milliseconds since 1970. */
export interface CronClock {
  /** Returns the first instant after `after` and before `before`. */
  next(after: number, before: number): number | undefined;
  /** Returns the last instant up to `upTo` and after `after`. */
  last(upTo: number, after: number): number | undefined;
}

/**
 * Returns the instants of an expression in a time zone. If the clock is set back, a time that it shows twice counts
 * twice. If it is set forward, a time that it skips counts as if it had not been: 02:30 becomes 03:30. So an expression
 * such as "every five minutes" never pauses. Throws a `RangeError` with a message for the user if the expression or the
 * time zone is invalid.
 */
export function cronClock(expression: string, timezone: string): CronClock {
  const times = cronTimes(expression);
  const offsetAt = offsetsOf(timezone);
  const instantIn = (from: number, to: number, pick: 'first' | 'last'): number | undefined => {
    if (!days(from - margin, to + margin).some(times.isOn)) return undefined;
    const instants = stretchesOf(from, to, offsetAt).flatMap(({ start, end, offset }) => {
      const wallTime = within(
        times,
        Math.max(start, from + offset),
        Math.min(end, to + offset),
        pick,
      );
      return wallTime === undefined ? [] : [wallTime - offset];
    });
    if (instants.length === 0) return undefined;
    return pick === 'first' ? Math.min(...instants) : Math.max(...instants);
  };
  return {
    next(after, before) {
      for (let from = after + 1; from < before; from += dayMs) {
        const instant = instantIn(from, Math.min(from + dayMs, before), 'first');
        if (instant !== undefined) return instant;
      }
      return undefined;
    },
    last(upTo, after) {
      for (let to = upTo + 1; to > after + 1; to -= dayMs) {
        const instant = instantIn(Math.max(to - dayMs, after + 1), to, 'last');
        if (instant !== undefined) return instant;
      }
      return undefined;
    },
  };
}

const dayMs = 86_400_000;

/** More than any offset from UTC, and longer than any skipped stretch. */
const margin = 26 * 3_600_000;

/** The midnights, as if in UTC, of the days that a stretch of wall-clock time touches. */
const days = (start: number, end: number): readonly number[] => {
  const first = Math.floor(start / dayMs);
  return Array.from(
    { length: Math.ceil(end / dayMs) - first },
    (_, index) => (first + index) * dayMs,
  );
};

/** Wall-clock times from `start` to before `end` whose instants are `offset` earlier. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/**
 * The stretches of wall-clock time, skipped times included, whose instants are from `from` to before `to`. Two days at
 * most.
 */
function stretchesOf(
  from: number,
  to: number,
  offsetAt: (instant: number) => number,
): readonly Stretch[] {
  const begin = from - margin;
  const [before, after] = [offsetAt(begin), offsetAt(to)];
  if (before === after) return [{ start: begin + before, end: to + before, offset: before }];
  const change = changeBetween(begin, to, offsetAt);
  return [
    // If the clock is set forward, this includes the skipped time.
    { start: begin + before, end: change + Math.max(before, after), offset: before },
    { start: change + after, end: to + after, offset: after },
  ];
}

/** The instant, to the second, from which the offset differs. */
function changeBetween(start: number, end: number, offsetAt: (instant: number) => number): number {
  const before = offsetAt(start);
  let [low, high] = [Math.floor(start / 1000), Math.ceil(end / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/** The first or last cron time from `start` to before `end`. */
function within(
  times: CronTimes,
  start: number,
  end: number,
  pick: 'first' | 'last',
): number | undefined {
  const touched = days(start, end);
  for (const day of pick === 'first' ? touched : touched.toReversed()) {
    if (!times.isOn(day)) continue;
    const time = timeOfDay(times, start - day, end - day, pick);
    if (time !== undefined) return day + time;
  }
  return undefined;
}

/** The first or last cron time of a day from `start` to before `end`, in milliseconds since midnight. */
function timeOfDay(
  { hours, minutes, seconds }: CronTimes,
  start: number,
  end: number,
  pick: 'first' | 'last',
): number | undefined {
  const ordered = (numbers: readonly number[]): readonly number[] =>
    pick === 'first' ? numbers : numbers.toReversed();
  const touches = (at: number, length: number): boolean => at < end && at + length > start;
  for (const hour of ordered(hours)) {
    if (!touches(hour * 3_600_000, 3_600_000)) continue;
    for (const minute of ordered(minutes)) {
      const at = hour * 3_600_000 + minute * 60_000;
      if (!touches(at, 60_000)) continue;
      const second = ordered(seconds).find((candidate) => touches(at + candidate * 1000, 1));
      if (second !== undefined) return at + second * 1000;
    }
  }
  return undefined;
}

/** Returns the function that gives a zone's offset from UTC, in milliseconds, at an instant. */
function offsetsOf(timezone: string): (instant: number) => number {
  const format = formatIn(timezone, wallClockParts);
  return (instant) => {
    const second = Math.floor(instant / 1000) * 1000;
    const parts = new Map(
      format.formatToParts(second).map(({ type, value }) => [type, Number(value)]),
    );
    const [year, month, ...rest] = dateParts.map((part) => parts.get(part) ?? 0);
    return Date.UTC(year ?? 0, (month ?? 1) - 1, ...rest) - second;
  };
}

const dateParts = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

const wallClockParts = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const;
