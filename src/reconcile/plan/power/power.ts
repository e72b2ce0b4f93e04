import type { Power } from '../../../model/kind/capabilities.ts';
import type { Catalog } from '../../../model/kind/kind.ts';
import type { Memory } from '../../../model/memory.ts';
import { isAwake } from '../../../model/pass/wake.ts';
import type { Desired, Observed } from '../../../model/resource.ts';
import {
  createTimetables,
  type Timetable,
  type Timetables,
} from '../../../model/time/timetable.ts';

export type PowerState = 'running' | 'off';

/** An instant, the evaluator of timetables for it, and the overrides of timetables. */
export interface Instant {
  readonly now: Date;
  readonly timetables: Timetables;
  readonly wakes: Memory['wakes'];
}

/** The declared power at an instant; undefined if the YAML does not manage it. */
export function wantedPower(
  power: Power | undefined,
  { address, spec }: Desired,
  { now, timetables, wakes }: Instant,
): PowerState | undefined {
  const value = power && spec[power.field];
  if (value === 'running' || value === 'off') return value;
  if (value === undefined) return undefined;
  if (isAwake(wakes.get(address), now)) return 'running';
  return timetables.runsAt(value as Timetable, now) ? 'running' : 'off';
}

/** The next instant at which any timetable turns; undefined if none does. */
export function nextPowerEdge(
  { kinds }: Catalog,
  resources: readonly Desired[],
  now: Date,
): Date | undefined {
  const timetables = createTimetables();
  const declared = new Map<string, Timetable>();
  for (const { kind, spec } of resources) {
    const power = kinds.get(kind)?.power;
    const value = power && spec[power.field];
    if (typeof value !== 'object' || value === null) continue;
    const timetable = value as Timetable;
    declared.set(JSON.stringify(timetable), timetable);
  }
  const edges = [...declared.values()].flatMap(
    (timetable) => timetables.nextEdge(timetable, now) ?? [],
  );
  return edges.length === 0 ? undefined : new Date(Math.min(...edges.map(Number)));
}

/** The power actions of a resource, and the obstacle to turning it off, if any. */
export interface PowerPlan {
  readonly stop: boolean;
  readonly start: boolean;
  /** Why it will not be off. */
  readonly obstacle?: string;
}

/**
 * Plans the actions from the observed to the declared power. With `needsOff` the machine passes through off; if it is
 * to keep running, only `lifecycle.allowStop` permits that.
 */
export function planPower(
  is: PowerState | undefined,
  wants: PowerState | undefined,
  needsOff: boolean,
  allowStop: boolean,
): PowerPlan {
  const runs = is === 'running';
  if (!needsOff)
    return { stop: wants === 'off' && runs, start: wants === 'running' && is === 'off' };
  if (!runs) return { stop: false, start: wants === 'running' };
  if (wants === 'off') return { stop: true, start: false };
  if (allowStop) return { stop: true, start: true };
  return {
    stop: false,
    start: false,
    obstacle: 'it must be off for that; set state: off or lifecycle.allowStop',
  };
}

/** The observed power; undefined if the kind has none or it is unknown. */
export function powerOf(power: Power | undefined, live: Observed): PowerState | undefined {
  const value = power && live.spec[power.field];
  return value === 'running' || value === 'off' ? value : undefined;
}
