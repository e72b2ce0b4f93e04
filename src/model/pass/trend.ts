import type { Report } from './report.ts';

/** The passes of one hour, for charts. */
export interface TrendHour {
  /** The start of the hour, RFC 3339 in UTC. */
  readonly hour: string;
  /** The number of passes that ended in this hour. */
  readonly passes: number;
  /** The resources that needed attention after the last complete pass; null: no pass was complete. */
  readonly open: number | null;
  /** The maximum of `open` over the complete passes. */
  readonly maxOpen: number | null;
  /** The number of repairs. */
  readonly repaired: number;
  /** The sum of the times to repair, in seconds. */
  readonly repairSeconds: number;
  /** The cost of managed machines after the last complete pass, in USD/h; null: no pass was complete. */
  readonly costManaged: number | null;
  /** The cost of all other machines after the last complete pass, in USD/h; null: no pass was complete. */
  readonly costUnmanaged: number | null;
  /** The sum of the durations of the passes, in seconds. */
  readonly passSeconds: number;
  /** The duration of the longest pass, in seconds. */
  readonly maxPassSeconds: number;
}

/** A resource that needed attention and no longer does. */
export interface Repair {
  readonly kind: string;
  readonly name: string;
  /** The time to repair: how long it needed attention, in seconds. */
  readonly seconds: number;
}

/** A pass as trends count it. */
export interface TrendPass extends Pick<Report, 'startedAt' | 'finishedAt' | 'complete' | 'cost'> {
  /** The resources that need attention after the pass. */
  readonly open: number;
}

/** The number of hours that are kept: 30 days. */
export const keptHours = 720;

const hourMs = 3_600_000;

/** Returns the start of the hour of a time, RFC 3339 in UTC; `before`: of the hour that many hours earlier. */
export const hourOf = (time: string, before = 0): string =>
  new Date((Math.floor(Date.parse(time) / hourMs) - before) * hourMs).toISOString();

/** Returns the seconds from one RFC 3339 time to another; 0 if the clock was set back. */
export const secondsBetween = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

const emptyHour = (hour: string): TrendHour => ({
  hour,
  passes: 0,
  open: null,
  maxOpen: null,
  repaired: 0,
  repairSeconds: 0,
  costManaged: null,
  costUnmanaged: null,
  passSeconds: 0,
  maxPassSeconds: 0,
});

/**
 * Returns an hour with one more pass. `before`: the hour until then; undefined: the pass is its first. An incomplete
 * pass sees a part of the team, so it changes neither the open resources nor the cost. Pure.
 */
export function withPass(
  before: TrendHour | undefined,
  pass: TrendPass,
  repairs: readonly Repair[],
): TrendHour {
  const hour = before ?? emptyHour(hourOf(pass.finishedAt));
  const seconds = secondsBetween(pass.startedAt, pass.finishedAt);
  return {
    ...hour,
    passes: hour.passes + 1,
    repaired: hour.repaired + repairs.length,
    repairSeconds: repairs.reduce((sum, repair) => sum + repair.seconds, hour.repairSeconds),
    passSeconds: hour.passSeconds + seconds,
    maxPassSeconds: Math.max(hour.maxPassSeconds, seconds),
    ...(pass.complete ? findingsOf(hour, pass) : {}),
  };
}

/** The values of an hour that only a complete pass knows. */
const findingsOf = (
  { maxOpen }: TrendHour,
  { open, cost }: TrendPass,
): Pick<TrendHour, 'open' | 'maxOpen' | 'costManaged' | 'costUnmanaged'> => ({
  open,
  maxOpen: Math.max(maxOpen ?? 0, open),
  costManaged: cost.hourly.managed,
  costUnmanaged: cost.hourly.unmanaged,
});
