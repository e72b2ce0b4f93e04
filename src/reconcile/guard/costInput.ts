import type { Catalog, ResourceKind } from '../../model/kind.ts';
import type { Memory } from '../../model/memory.ts';
import type { Plan } from '../../model/pass/plan.ts';
import type { Snapshot } from '../../model/pass/snapshot.ts';
import type { Address, Desired, Spec } from '../../model/resource.ts';
import type { Instant } from '../plan/power/power.ts';

/** The input of a cost computation. `prices`: USD/h by machine type, for types that no live resource shows. */
export interface CostInput {
  readonly catalog: Catalog;
  readonly snapshot: Snapshot;
  readonly desired: ReadonlyMap<Address, Desired>;
  readonly plan: Plan;
  readonly prices: Readonly<Record<string, number>>;
  /** The rates that live resources have shown before. */
  readonly remembered: Memory['prices'];
  readonly now: Date;
  readonly wakes: Memory['wakes'];
}

/** The input, and the evaluator of timetables. */
export type CostContext = CostInput & Instant;

/** The name of a price for people: the machine type. */
export const typeOf = ({ name, pricing }: ResourceKind, spec: Spec): string =>
  pricing?.usageOf(spec) ?? name;

/** Rounds an amount to a number of decimals. */
export const rounded = (amount: number, decimals: number): number =>
  Math.round(amount * 10 ** decimals) / 10 ** decimals;
