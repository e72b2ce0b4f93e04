import type { Observed } from '../resource.ts';

interface ListingBase {
  readonly kind: string;
  readonly items: readonly Observed[];
  readonly byId: ReadonlyMap<string, Observed>;
}

/** Everything of a kind that is live: what is not in it is missing. */
export interface CompleteListing extends ListingBase {
  readonly complete: true;
  readonly byName: ReadonlyMap<string, readonly Observed[]>;
}

/**
 * What came before a listing broke off. What is in it is true; what is not may be there all the same, so it has no index by
 * name: nothing can be created, deleted or called missing from it.
 */
export interface PartialListing extends ListingBase {
  readonly complete: false;
  readonly error: string;
}

export type Listing = CompleteListing | PartialListing;

/** What the API showed at one time, by kind; a kind that was not asked for is not there. */
export type Snapshot = ReadonlyMap<string, Listing>;
