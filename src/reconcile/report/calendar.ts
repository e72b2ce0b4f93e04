import type { Catalog } from '../../model/kind/kind.ts';
import type { Memory } from '../../model/memory.ts';
import type { CalendarEntry } from '../../model/pass/calendar.ts';
import { everything } from '../../model/pass/suspension.ts';
import type { Address, Desired } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { cronClock } from '../../model/time/cronClock.ts';
import { createTimetables, type Timetable } from '../../model/time/timetable.ts';

/** The input of a calendar, and its limits. */
export interface CalendarInput {
  readonly catalog: Pick<Catalog, 'kinds'>;
  readonly resources: readonly Desired[];
  readonly suspended: Memory['suspended'];
  /** The wakes in effect. */
  readonly wakes: Memory['wakes'];
  readonly settings: Pick<Settings, 'windows' | 'timezone'>;
  readonly from: Date;
  readonly until: Date;
}

/** The largest number of entries of one timetable or window: one may open every minute. */
const maxEntries = 100;

/** Lists the turns of timetables, windows, ends of suspensions and wakes, and expiries between two times. Pure. */
export const calendarOf = (input: CalendarInput): readonly CalendarEntry[] =>
  [
    ...turns(input),
    ...windows(input),
    ...endsOfSuspensions(input),
    ...endsOfWakes(input),
    ...expiries(input),
  ].toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));

function turns({ until, ...input }: CalendarInput): readonly CalendarEntry[] {
  const timetables = createTimetables();
  return timetablesOf(input).flatMap(({ timetable, from, machines }) => {
    const entries: CalendarEntry[] = [];
    for (let at = timetables.nextEdge(timetable, from); at && at < until;) {
      const event = timetables.runsAt(timetable, at) ? 'start' : 'stop';
      entries.push({ at: at.toISOString(), event, resources: machines });
      at = entries.length < maxEntries ? timetables.nextEdge(timetable, at) : undefined;
    }
    return entries;
  });
}

/** A timetable that applies from a time on, with its resources. */
interface Applied {
  readonly timetable: Timetable;
  readonly from: Date;
  readonly machines: Address[];
}

/** The declared timetables. That of a machine that is awake applies from the end of its wake. */
function timetablesOf({
  catalog: { kinds },
  resources,
  wakes,
  from: now,
}: Omit<CalendarInput, 'until'>): readonly Applied[] {
  const found = new Map<string, Applied>();
  for (const { kind, address, spec } of resources) {
    const power = kinds.get(kind)?.power;
    const value = power && spec[power.field];
    if (typeof value !== 'object' || value === null) continue;
    const wake = wakes.get(address);
    const key = JSON.stringify([value, wake?.until]);
    const from = wake ? new Date(wake.until) : now;
    const group = found.get(key) ?? { timetable: value as Timetable, from, machines: [] };
    group.machines.push(address);
    found.set(key, group);
  }
  return [...found.values()];
}

function expiries({ resources, from, until }: CalendarInput): readonly CalendarEntry[] {
  const expiring = resources.flatMap(({ address, lifecycle: { expires } }) => {
    const at = expires === undefined ? NaN : Date.parse(expires);
    return at > from.getTime() && at < until.getTime() ? [{ address, at }] : [];
  });
  return [...Map.groupBy(expiring, ({ at }) => at)].map(([at, group]) => ({
    at: new Date(at).toISOString(),
    event: 'expires' as const,
    resources: group.map(({ address }) => address),
  }));
}

const endsOfWakes = ({ wakes, until }: CalendarInput): readonly CalendarEntry[] =>
  [...wakes].flatMap(([address, { until: at }]) =>
    at < until.toISOString() ? [{ at, event: 'wakeEnds' as const, resources: [address] }] : [],
  );

function windows({ settings, from, until }: CalendarInput): readonly CalendarEntry[] {
  const end = until.getTime();
  return settings.windows.flatMap(({ cron, duration }) => {
    const clock = cronClock(cron, settings.timezone);
    const entries: CalendarEntry[] = [];
    const add = (event: CalendarEntry['event'], at: number): void => {
      if (at > from.getTime() && at < end)
        entries.push({ at: new Date(at).toISOString(), event, resources: [] });
    };
    for (
      let opens = clock.next(from.getTime() - duration, end);
      opens !== undefined && entries.length < maxEntries;
      opens = clock.next(opens, end)
    ) {
      add('windowOpens', opens);
      add('windowCloses', opens + duration);
    }
    return entries;
  });
}

const endsOfSuspensions = ({ suspended, from, until }: CalendarInput): readonly CalendarEntry[] =>
  [...suspended].flatMap(([target, { until: at }]) =>
    at !== null && at > from.toISOString() && at < until.toISOString()
      ? [{ at, event: 'suspensionEnds' as const, resources: target === everything ? [] : [target] }]
      : [],
  );
