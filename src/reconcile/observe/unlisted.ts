import { ApiError, type Api } from '../../model/api.ts';
import type { Catalog, ResourceKind } from '../../model/kind.ts';
import type { Observed } from '../../model/resource.ts';
import type { CompleteListing, Listing, Snapshot } from '../../model/pass/snapshot.ts';
import type { Binding, Memory } from '../../model/store.ts';
import { completeListing, toObserved } from './observe.ts';

/**
 * The listings with some resources read by their ids. Bound ones that the lists left out: a list may leave out some, or may not know a new
 * one yet, and a bound resource must not be taken for missing and created again. And those that Holdfast owes something: an old page could
 * show one as it was before Holdfast switched it off. For a team in sync no request is sent; what was created within `visibility` is
 * believed to be on its way.
 */
export async function observeHidden(
  { kinds }: Pick<Catalog, 'kinds'>,
  snapshot: Snapshot,
  { bindings, obligations }: Pick<Memory, 'bindings' | 'obligations'>,
  isYoung: (binding: Binding) => boolean,
  api: Api,
): Promise<Snapshot> {
  const found = new Map<string, Listing>();
  for (const listing of snapshot.values()) {
    const kind = kinds.get(listing.kind);
    if (!kind?.get || !listing.complete) continue;
    const ids = [
      ...unlisted(listing, bindings)
        .filter((one) => !isYoung(one))
        .map(({ id }) => id),
      ...debtors(listing, obligations),
    ];
    if (ids.length > 0) found.set(kind.name, await withRead(kind, ids, listing, api));
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

/** The listed resources that Holdfast owes something. */
const debtors = (
  { kind, byId }: CompleteListing,
  obligations: Memory['obligations'],
): readonly string[] =>
  [...obligations]
    .filter(([address, { id }]) => address.startsWith(`${kind}/`) && byId.has(id))
    .map(([, { id }]) => id);

/** A listing with the present state of some resources in place of what the list showed of them. */
async function withRead(
  kind: ResourceKind,
  ids: readonly string[],
  { items, byId }: CompleteListing,
  api: Api,
): Promise<Listing> {
  try {
    const read = await Promise.all(ids.map(async (id) => kind.get?.(api, id)));
    const more: readonly Observed[] = read.flatMap((one) => (one ? toObserved(one) : []));
    const replaced = new Set(ids);
    return completeListing(kind, [...items.filter(({ id }) => !replaced.has(id)), ...more]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: kind.name, complete: false, items, byId, error: error.message };
  }
}
