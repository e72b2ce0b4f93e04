import { ApiError, type Api } from '../model/api.ts';
import type { Catalog, ResourceKind } from '../model/kind.ts';
import type { Observed } from '../model/resource.ts';
import type { CompleteListing, Listing, Snapshot } from '../model/snapshot.ts';
import type { Binding, Memory } from '../model/store.ts';
import { completeListing, toObserved } from './observe.ts';

/**
 * The listings with those resources added that are bound and were not shown, each asked for by its id: a list may leave out some, or not
 * know yet of what was just made, and what is bound must not be taken for missing and made again. In a team in sync nothing is asked; what
 * was created within `visibility` is believed to be on its way.
 */
export async function observeHidden(
  { kinds }: Pick<Catalog, 'kinds'>,
  snapshot: Snapshot,
  { bindings }: Pick<Memory, 'bindings'>,
  isYoung: (binding: Binding) => boolean,
  api: Api,
): Promise<Snapshot> {
  const found = new Map<string, Listing>();
  for (const listing of snapshot.values()) {
    const kind = kinds.get(listing.kind);
    if (!kind?.get || !listing.complete) continue;
    const ids = unlisted(listing, bindings)
      .filter((one) => !isYoung(one))
      .map(({ id }) => id);
    if (ids.length > 0) found.set(kind.name, await withBound(kind, ids, listing, api));
  }
  return found;
}

/** The bindings of a listing's kind to what it does not show. */
function unlisted(
  { kind, byId }: CompleteListing,
  bindings: Memory['bindings'],
): readonly Binding[] {
  const prefix = `${kind}/`;
  const hidden: Binding[] = [];
  // The map hands out what it holds: a loop over its entries would make an array for each, in every pass.
  bindings.forEach((binding, address) => {
    if (address.startsWith(prefix) && !byId.has(binding.id)) hidden.push(binding);
  });
  return hidden;
}

async function withBound(
  kind: ResourceKind,
  ids: readonly string[],
  { items, byId }: CompleteListing,
  api: Api,
): Promise<Listing> {
  try {
    const hidden = await Promise.all(ids.map(async (id) => kind.get?.(api, id)));
    const more: readonly Observed[] = hidden.flatMap((one) => (one ? toObserved(one) : []));
    return completeListing(kind, [...items, ...more]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: kind.name, complete: false, items, byId, error: error.message };
  }
}
