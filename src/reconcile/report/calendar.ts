import type { Catalog } from '../../model/kind.ts';
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
  readonly settings: Pick<Settings, 'windows' | 'timezone'>;
  readonly from: Date;
  readonly until: Date;
}

/** The largest number of entries of one timetable or window: one may open every minute. */
const maxEntries = 100;

/** Lists the turns of timetables, the windows, and the ends of suspensions between two times, in their order. Pure. */
export const calendarOf = (input: CalendarInput): readonly CalendarEntry[] =>
  [...turns(input), ...windows(input), ...endsOfSuspensions(input)].toSorted((a, b) =>
    a.at < b.at ? -1 : Number(a.at > b.at),
  );

function turns({ catalog, resources, from, until }: CalendarInput): readonly CalendarEntry[] {
  const timetables = createTimetables();
  return timetablesOf(catalog, resources).flatMap(({ timetable, machines }) => {
    const entries: CalendarEntry[] = [];
    for (let at = timetables.nextEdge(timetable, from); at && at < until;) {
      const event = timetables.runsAt(timetable, at) ? 'start' : 'stop';
      entries.push({ at: at.toISOString(), event, resources: machines });
      at = entries.length < maxEntries ? timetables.nextEdge(timetable, at) : undefined;
    }
    return entries;
  });
}

/** The declared timetables, each with its resources. */
function timetablesOf({ kinds }: CalendarInput['catalog'], resources: readonly Desired[]) {
  const found = new Map<string, { timetable: Timetable; machines: Address[] }>();
  for (const { kind, address, spec } of resources) {
    const power = kinds.get(kind)?.power;
    const value = power && spec[power.field];
    if (typeof value !== 'object' || value === null) continue;
    const key = JSON.stringify(value);
    const group = found.get(key) ?? { timetable: value as Timetable, machines: [] };
    group.machines.push(address);
    found.set(key, group);
  }
  return [...found.values()];
}

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
