import type { Kinds } from '../model/kind/kind.ts';
import { createTimetables, type Timetable } from '../model/time/timetable.ts';
import { liveState } from '../reconcile/pricing/priceBook.ts';
import type { Prepared } from '../reconcile/workspace.ts';

/** A team as a pass found it. */
export type LiveTeam = Pick<Prepared, 'state' | 'snapshot' | 'memory' | 'costs'>;

/** The cost of a team. `known`: false if the rate of a live resource is not known, and left out. */
export interface Forecast {
  /** USD/h. */
  readonly hourly: number;
  /** USD until the end. */
  readonly usd: number;
  readonly known: boolean;
}

const hourMs = 3_600_000;

/**
 * Computes what the live team costs now, and until a time if nothing but timetables changes its machines. Nothing is
 * known without a team. Pure.
 */
export function forecastOf(
  team: LiveTeam | undefined,
  kinds: Kinds,
  { now, until }: { readonly now: Date; readonly until: Date },
): Forecast {
  if (!team) return { hourly: 0, usd: 0, known: false };
  const { costs, snapshot } = team;
  const { book } = costs;
  const hours = (Number(until) - Number(now)) / hourMs;
  const runningHours = hoursOf(now, until);
  const hourly = costs.managed + costs.unmanaged;
  let usd = hourly * hours;
  let known =
    costs.unpriced.size === 0 &&
    [...snapshot.values()].every(({ kind, complete }) => complete || !book.counts(kind));
  for (const { kindName, id, timetable } of timetablesIn(team, kinds)) {
    const kind = kinds.get(kindName);
    const live = snapshot.get(kindName)?.byId.get(id);
    if (!kind || !live) continue;
    const rateIf = (runs: boolean) => book.rateOf(kind, { ...liveState(kind, live), runs });
    const [on, off] = [rateIf(true), rateIf(false)];
    const running = runningHours(timetable);
    usd -= (book.liveRate(kind, live) ?? 0) * hours;
    if (on === undefined || off === undefined) known = false;
    else usd += on * running + off * (hours - running);
  }
  return { hourly, usd, known };
}

/** The timetables of live resources. */
const timetablesIn = ({ state, memory }: LiveTeam, kinds: Kinds) =>
  state.resources.flatMap(({ kind, address, spec }) => {
    const power = kinds.get(kind)?.power;
    const value = power && spec[power.field];
    const id = memory.bindings.get(address)?.id;
    return typeof value === 'object' && value !== null && id !== undefined
      ? [{ kindName: kind, id, timetable: value as Timetable }]
      : [];
  });

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
