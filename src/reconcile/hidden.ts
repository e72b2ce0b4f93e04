import { ApiError, type Api } from '../model/api.ts';
import type { Catalog, ResourceKind } from '../model/kind.ts';
import type { Address, Observed } from '../model/resource.ts';
import { partsOf } from '../model/resource.ts';
import type { CompleteListing, Listing, Snapshot } from '../model/snapshot.ts';
import type { Memory } from '../model/store.ts';
import { completeListing, toObserved } from './observe.ts';

/**
 * The listings of kinds whose lists hide some, with those added that are bound and were not shown, each asked for by its id: what is bound
 * must not be taken for missing. In a team in sync nothing is asked.
 */
export async function observeHidden(
  { kinds }: Pick<Catalog, 'kinds'>,
  snapshot: Snapshot,
  { bindings }: Pick<Memory, 'bindings'>,
  api: Api,
): Promise<Snapshot> {
  const found = new Map<string, Listing>();
  for (const listing of snapshot.values()) {
    const kind = kinds.get(listing.kind);
    if (!kind?.hidesSome || !listing.complete) continue;
    const ids = [...bindings]
      .filter(([address, { id }]) => isOf(kind, address) && !listing.byId.has(id))
      .map(([, { id }]) => id);
    if (ids.length > 0) found.set(kind.name, await withBound(kind, ids, listing, api));
  }
  return found;
}

const isOf = ({ name }: ResourceKind, address: Address): boolean => partsOf(address).kind === name;

async function withBound(
  kind: ResourceKind,
  ids: readonly string[],
  { items, byId }: CompleteListing,
  api: Api,
): Promise<Listing> {
  try {
    const hidden = await Promise.all(ids.map(async (id) => kind.get?.(api, id)));
    const more: readonly Observed[] = hidden.flatMap((one) => (one ? toObserved(kind, one) : []));
    return completeListing(kind, [...items, ...more]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: kind.name, complete: false, items, byId, error: error.message };
  }
}
