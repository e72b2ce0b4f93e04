import { ApiError, type Api } from '../../model/api.ts';
import type { Catalog, ResourceKind } from '../../model/kind/kind.ts';
import type { Observed } from '../../model/resource.ts';
import type { CompleteListing, Listing, Snapshot } from '../../model/pass/snapshot.ts';
import type { Binding, Memory } from '../../model/memory.ts';
import { completeListing, toObserved } from './observe.ts';

/**
 * Reads two groups of resources by their ids, and returns only the listings that it extended with them:
 * - bound resources that a list leaves out. A list may be incomplete or late, and a bound resource must not be created
 *   again;
 * - listed resources with an obligation. A stale page could show one as it was before Holdfast switched it off.
 *
 * Bindings for which `isYoung` holds are not requested: their lists are only late. A team in sync costs no request. A
 * listing whose resources cannot be read becomes partial; only a bug rejects.
 */
export async function observeUnlisted(
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
        .filter((binding) => !isYoung(binding))
        .map(({ id }) => id),
      ...owedIds(listing, obligations),
    ];
    if (ids.length > 0) found.set(kind.name, await withRead(kind, ids, listing, api));
  }
  return found;
}

/** The bindings of the listing's kind to resources that the listing leaves out. */
function unlisted(
  { kind, byId }: CompleteListing,
  bindings: Memory['bindings'],
): readonly Binding[] {
  const prefix = `${kind}/`;
  const found: Binding[] = [];
  // `forEach` allocates nothing; a loop over the entries would allocate an array for each, in every pass.
  bindings.forEach((binding, address) => {
    if (address.startsWith(prefix) && !byId.has(binding.id)) found.push(binding);
  });
  return found;
}

/** The ids of listed resources with an obligation. */
const owedIds = (
  { kind, byId }: CompleteListing,
  obligations: Memory['obligations'],
): readonly string[] =>
  [...obligations]
    .filter(([address, { id }]) => address.startsWith(`${kind}/`) && byId.has(id))
    .map(([, { id }]) => id);

/** The listing with the resources of `ids` read anew. */
async function withRead(
  kind: ResourceKind,
  ids: readonly string[],
  { items, byId }: CompleteListing,
  api: Api,
): Promise<Listing> {
  try {
    const read = await Promise.all(ids.map(async (id) => kind.get?.(api, id)));
    const current: readonly Observed[] = read.flatMap((item) => (item ? toObserved(item) : []));
    const replaced = new Set(ids);
    return completeListing(kind, [...items.filter(({ id }) => !replaced.has(id)), ...current]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: kind.name, complete: false, items, byId, error: error.message };
  }
}
