import type { Listing, Snapshot } from '../../model/pass/snapshot.ts';

/**
 * The listing of a kind in use. Throws if the kind was not listed, which is a bug: every kind in use is listed before
 * planning.
 */
export function listingOf(snapshot: Snapshot, kind: string): Listing {
  const listing = snapshot.get(kind);
  if (!listing) throw new Error(`${kind} were not listed`);
  return listing;
}
