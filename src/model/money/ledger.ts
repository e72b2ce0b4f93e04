import type { Labels } from '../selection/labels.ts';

/** What live resources cost that agree in kind, type, and labels. */
export interface RateGroup {
  readonly kind: string;
  /** The machine type; empty for kinds without types. */
  readonly type: string;
  readonly labels: Labels;
  /** USD/h of those whose rate is known. */
  readonly hourly: number;
  /** The number of resources whose rate is not known. */
  readonly unknown: number;
}

/** What the resources of a group cost on one day. */
export interface CostRow extends Pick<RateGroup, 'kind' | 'type' | 'labels'> {
  /** In UTC: `2026-11-29`. */
  readonly day: string;
  readonly usd: number;
  /** The hours of resources whose rate was not known. */
  readonly unknownHours: number;
}

/** The number of days for which costs are kept. */
const keptDays = 400;

/** The number of groups that are kept of one pass; the costs of all others are kept by kind. */
const maxGroups = 500;

/** The type of the costs of groups that were added up by kind. */
const foldedType = 'other';

/** The costs that are recorded. */
export interface RecordedCosts {
  /** Oldest day first. */
  readonly rows: readonly CostRow[];
  /** Since when costs are recorded, RFC 3339; undefined: none are. */
  readonly since: string | undefined;
  /** Until when, RFC 3339; undefined: none are. */
  readonly until: string | undefined;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The day of a time in UTC. */
export const dayOf = (time: string): string => time.slice(0, 10);

/** The beginning of the month of a time, in UTC; `later`: so many months later. */
export const monthOf = (time: Date, later = 0): Date =>
  new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + later, 1));

/** Whether these are the costs of groups that were added up by kind, so that their labels are not known. */
export const isFolded = ({ type }: Pick<RateGroup, 'type'>): boolean => type === foldedType;

/** The first day that is kept, seen from a time. */
export const firstKeptDay = (time: string): string =>
  dayOf(new Date(Date.parse(time) - keptDays * dayMs).toISOString());

/**
 * Computes the costs between two times, day by day: between two passes, the rates count that the later one found. None
 * if the clock was set back. Pure.
 */
export function costsBetween(
  from: string,
  until: string,
  groups: readonly RateGroup[],
): readonly CostRow[] {
  return hoursByDay(Date.parse(from), Date.parse(until)).flatMap(([day, hours]) =>
    folded(groups).map(({ kind, type, labels, hourly, unknown }) => ({
      day,
      kind,
      type,
      labels,
      usd: hourly * hours,
      unknownHours: unknown * hours,
    })),
  );
}

/** The hours of each day between two times, no more than are kept. */
function hoursByDay(from: number, until: number): readonly (readonly [string, number])[] {
  const days: (readonly [string, number])[] = [];
  for (let at = Math.max(from, until - keptDays * dayMs); at < until;) {
    const end = Math.min(until, (Math.floor(at / dayMs) + 1) * dayMs);
    days.push([dayOf(new Date(at).toISOString()), (end - at) / hourMs]);
    at = end;
  }
  return days;
}

/** Adds up the groups beyond the maximum, the cheapest, by kind. */
function folded(groups: readonly RateGroup[]): readonly RateGroup[] {
  if (groups.length <= maxGroups) return groups;
  const ordered = groups.toSorted((a, b) => b.hourly - a.hourly);
  const rest = Map.groupBy(ordered.slice(maxGroups), ({ kind }) => kind);
  return [
    ...ordered.slice(0, maxGroups),
    ...[...rest].map(([kind, ofKind]) => ({
      kind,
      type: foldedType,
      labels: {},
      hourly: ofKind.reduce((sum, { hourly }) => sum + hourly, 0),
      unknown: ofKind.reduce((sum, { unknown }) => sum + unknown, 0),
    })),
  ];
}
