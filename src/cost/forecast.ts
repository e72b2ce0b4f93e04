import type { Kinds } from '../model/kind.ts';
import type { Memory } from '../model/memory.ts';
import type { Snapshot } from '../model/pass/snapshot.ts';
import type { Desired } from '../model/resource.ts';
import { createTimetables, type Timetable } from '../model/time/timetable.ts';
import { priceBook } from '../reconcile/guard/prices.ts';
import { powerOf } from '../reconcile/plan/power/power.ts';

/** The team as it is now, and the time to look ahead to. */
export interface ForecastInput {
  readonly kinds: Kinds;
  readonly snapshot: Snapshot;
  readonly resources: readonly Desired[];
  readonly memory: Pick<Memory, 'bindings' | 'prices'>;
  readonly prices: Readonly<Record<string, number>>;
  readonly now: Date;
  readonly until: Date;
}

/** What a team costs. `known`: false if the rate of a live resource is not known, and left out. */
export interface Forecast {
  /** USD/h. */
  readonly hourly: number;
  /** USD until the end. */
  readonly usd: number;
  readonly known: boolean;
}

const hourMs = 3_600_000;

/**
 * Computes what the live team costs now, and until a time if nothing but timetables changes its machines. Pure.
 */
export function forecastOf(input: ForecastInput): Forecast {
  const { kinds, snapshot, memory, prices, now, until } = input;
  const book = priceBook(kinds, snapshot, { prices, remembered: memory.prices });
  const timetables = timetablesById(input);
  const hours = (until.getTime() - now.getTime()) / hourMs;
  const runningHours = hoursOf(now, until);
  const sum = { hourly: 0, usd: 0, known: true };
  for (const [name, { items }] of snapshot) {
    const kind = kinds.get(name);
    if (!kind || !book.counts(kind)) continue;
    for (const live of items) {
      const runs = powerOf(kind.power, live) !== 'off';
      const rateIf = (isRunning: boolean) =>
        book.rateOf(kind, { spec: live.spec, live, runs: isRunning });
      const rate = rateIf(runs);
      const timetable = timetables.get(`${name} ${live.id}`);
      const [on, off] = timetable ? [rateIf(true), rateIf(false)] : [rate, rate];
      if (rate === undefined || on === undefined || off === undefined) {
        sum.known = false;
        continue;
      }
      const running = timetable ? runningHours(timetable) : 0;
      sum.hourly += rate;
      sum.usd += on * running + off * (hours - running);
    }
  }
  return sum;
}

/** The timetables of live resources, by kind and id. */
function timetablesById({
  kinds,
  resources,
  memory,
}: ForecastInput): ReadonlyMap<string, Timetable> {
  return new Map(
    resources.flatMap(({ kind, address, spec }) => {
      const power = kinds.get(kind)?.power;
      const value = power && spec[power.field];
      const id = memory.bindings.get(address)?.id;
      return typeof value === 'object' && value !== null && id !== undefined
        ? [[`${kind} ${id}`, value as Timetable] as const]
        : [];
    }),
  );
}

/** Returns the function that gives the hours in which a timetable says running. Each timetable is walked once. */
function hoursOf(from: Date, until: Date): (timetable: Timetable) => number {
  const timetables = createTimetables();
  const known = new Map<string, number>();
  const walk = (timetable: Timetable): number => {
    let hours = 0;
    for (let at = from; at < until;) {
      const edge = timetables.nextEdge(timetable, at) ?? until;
      const end = edge < until ? edge : until;
      if (timetables.runsAt(timetable, at)) hours += (end.getTime() - at.getTime()) / hourMs;
      at = end;
    }
    return hours;
  };
  return (timetable) => {
    const key = JSON.stringify(timetable);
    const hours = known.get(key) ?? walk(timetable);
    known.set(key, hours);
    return hours;
  };
}
