import type { Observed, Spec } from '../resource.ts';
import type { Labels } from '../selection/labels.ts';

/** The team as rules about waste see it. */
export interface TeamView {
  /** The live resources of a kind; undefined: not all of them are known. */
  readonly list: (kind: string) => readonly Observed[] | undefined;
  /** The declared spec of the resource in question; undefined: it is not declared. */
  readonly declared: Spec | undefined;
  readonly now: Date;
  /** The time after which a machine that is off counts as unused, in milliseconds. */
  readonly offAfter: number;
}

/** Why a live resource costs money and seems unused. */
export interface Unused {
  readonly reason: string;
  /** Since when at the latest, RFC 3339; not set: unknown. */
  readonly since?: string;
  /** What ends it: to list it in `absent`, or to declare these fields. */
  readonly end: 'absent' | Spec;
}

/**
 * Says why a live resource seems unused; undefined if it does not, or if the lists that would tell are incomplete.
 * Pure.
 */
export type WasteRule = (live: Observed, team: TeamView) => Unused | undefined;

/** One finding of `holdfast waste`. */
export interface WasteItem extends Omit<Unused, 'since' | 'end'> {
  readonly kind: string;
  readonly name: string;
  readonly id: string;
  readonly since: string | null;
  /** The cost in USD in an average month; null: unknown. */
  readonly monthly: number | null;
  /** Where it is declared; null: it is not declared. */
  readonly declaredAt: string | null;
  /** Not set: it has none. */
  readonly labels?: Labels;
  /** The YAML that ends it. */
  readonly yaml: string;
}

/** The number of days after which a machine that is off counts as unused by default. */
export const defaultOffDays = 14;

/** The answer of `holdfast waste`. */
export interface WasteReport {
  readonly schema: 'holdfast/waste/v1';
  /** The most expensive first; those of unknown cost last. */
  readonly items: readonly WasteItem[];
  /** The kinds of which not all resources are known, so that something may be missing. */
  readonly incomplete: readonly { readonly kind: string; readonly error: string }[];
}
