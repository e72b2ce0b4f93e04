import type { Observed } from '../resource.ts';

interface ListingBase {
  readonly kind: string;
  readonly items: readonly Observed[];
  readonly byId: ReadonlyMap<string, Observed>;
}

/** All live resources of a kind: one that is not in it is missing. */
export interface CompleteListing extends ListingBase {
  readonly complete: true;
  /** The items with a name, or with an alias that no item bears as its name. */
  readonly named: (name: string) => readonly Observed[];
}

/**
 * The part of a listing before it failed. Its items are valid, but others may exist, so it has no index by name: from
 * it, nothing can be created, deleted, or called missing.
 */
export interface PartialListing extends ListingBase {
  readonly complete: false;
  readonly error: string;
}

export type Listing = CompleteListing | PartialListing;

/** The observed state at one time: listings by kind. A kind that was not requested has none. */
export type Snapshot = ReadonlyMap<string, Listing>;
