import type { TrendHour } from '../../model/pass/trend.ts';

/** A figure over time. */
export interface Series {
  readonly title: string;
  readonly unit: string;
  /** How a value is written. */
  readonly text: (value: number) => string;
  /** One value for each hour with passes; null: it is not known. */
  readonly values: readonly (number | null)[];
}

/** The figures of the last 30 days. Pure. */
export const trendSeries = (hours: readonly TrendHour[]): readonly Series[] => [
  {
    title: 'Open drift',
    unit: 'resources that need attention',
    text: String,
    values: hours.map(({ maxOpen }) => maxOpen),
  },
  {
    title: 'Time to repair',
    unit: 'on average in an hour',
    text: spanText,
    values: hours.map(({ repaired, repairSeconds }) =>
      repaired === 0 ? null : repairSeconds / repaired / 60,
    ),
  },
  {
    title: 'Cost',
    unit: 'USD/h, declared or not',
    text: (value) => value.toFixed(2),
    values: hours.map(({ costManaged, costUnmanaged }) =>
      costManaged === null || costUnmanaged === null ? null : costManaged + costUnmanaged,
    ),
  },
  {
    title: 'Pass time',
    unit: 'seconds, the longest pass in an hour',
    text: (value) => value.toFixed(1),
    values: hours.map(({ maxPassSeconds }) => maxPassSeconds),
  },
];

/** A time in minutes for people: `12.5 min`, `3.2 h`, `2.1 days`. */
function spanText(minutes: number): string {
  if (minutes < 60) return `${minutes.toFixed(1)} min`;
  return minutes < 48 * 60
    ? `${(minutes / 60).toFixed(1)} h`
    : `${(minutes / 1440).toFixed(1)} days`;
}

/** A day of a series. */
export interface DayFigures {
  readonly day: string;
  /** The least and the greatest value of each series; undefined: none is known. */
  readonly ranges: readonly (readonly [least: number, greatest: number] | undefined)[];
}

/** The range of each series on each day, newest day first. Pure. */
export function byDay(
  hours: readonly TrendHour[],
  series: readonly Series[],
): readonly DayFigures[] {
  const indices = Map.groupBy(hours.keys(), (index) => hours[index]?.hour.slice(0, 10) ?? '');
  return [...indices]
    .map(([day, ofDay]) => ({
      day,
      ranges: series.map(({ values }) => rangeOf(ofDay.map((index) => values[index] ?? null))),
    }))
    .toReversed();
}

/** The least and the greatest known value. */
export function rangeOf(values: readonly (number | null)[]): readonly [number, number] | undefined {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? undefined : [Math.min(...known), Math.max(...known)];
}
