import { formatIn } from './timeZone.ts';

/** The excepted days of a timetable, in its zone. Instants are milliseconds since 1970. */
export interface Exceptions {
  /** Whether an instant is on an excepted day. */
  include(now: Date): boolean;
  /** Returns an instant in the last day of the excepted days that include `at`; `at` itself if none do. */
  skipFrom(at: number): number;
  /** Whether an excepted day may begin or end between two instants. */
  touch(start: number, end: number): boolean;
  /** Returns an instant from `at` on and shortly before the next excepted days; undefined if there are none. */
  nextFrom(at: number): number | undefined;
}

/** Days that follow each other, both included, as midnights as if in UTC. */
interface Range {
  readonly first: number;
  readonly last: number;
}

/** Returns a function that parses the exceptions of timetables. It parses equal ones once. */
export function createExceptions(): (texts: readonly string[], timezone: string) => Exceptions {
  const parsed = new Map<string, Exceptions>();
  return (texts, timezone) => {
    if (texts.length === 0) return noExceptions;
    const key = [timezone, ...texts].join(' ');
    const exceptions = parsed.get(key) ?? exceptionsIn(rangesOf(texts), timezone);
    parsed.set(key, exceptions);
    return exceptions;
  };
}

const noExceptions: Exceptions = {
  include: () => false,
  skipFrom: (at) => at,
  touch: () => false,
  nextFrom: () => undefined,
};

function exceptionsIn(ranges: readonly Range[], timezone: string): Exceptions {
  const format = formatIn(timezone, { year: 'numeric', month: 'numeric', day: 'numeric' });
  const rangeAt = (at: number): Range | undefined => {
    const day = dayIn(format, at);
    return ranges.find(({ first, last }) => day >= first && day <= last);
  };
  return {
    include: (now) => rangeAt(now.getTime()) !== undefined,
    skipFrom: (at) => Math.max(at, (rangeAt(at)?.last ?? -Infinity) + dayMs - margin),
    touch: (start, end) =>
      ranges.some(({ first, last }) => first - margin <= end && last + dayMs + margin >= start),
    nextFrom(at) {
      const next = ranges.find(({ last }) => last + dayMs + margin >= at);
      return next && Math.max(at, next.first - margin);
    },
  };
}

const dayMs = 86_400_000;

/** More than any offset from UTC. */
const margin = 15 * 3_600_000;

/** Merges ranges that overlap or follow each other, in their order. */
function rangesOf(texts: readonly string[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of texts.map(rangeOf).toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before && range.first <= before.last + dayMs)
      merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    else merged.push(range);
  }
  return merged;
}

function rangeOf(text: string): Range {
  const [first, last] = text.split('/', 3).map(dayOf);
  if (first === undefined || Number.isNaN(first) || Number.isNaN(last) || text.length > 21)
    throw new RangeError(
      `"${text}" is no day; write a day such as 2027-05-01, or a range such as 2026-12-24/2027-01-02`,
    );
  if (last !== undefined && last < first)
    throw new RangeError(`"${text}" ends before it begins; write the earlier day first`);
  return { first, last: last ?? first };
}

/** The midnight of a date such as `2027-05-01`, as if in UTC; NaN if there is no such date. */
function dayOf(text: string): number {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  // The 31st of a month that has 30 days parses as the day after them.
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(text) ? day : NaN;
}

function dayIn(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 0) - 1, parts.get('day') ?? 0);
}
