// The live state of a team. In: a catalog, the kinds in use, and an `Api`. Out: a `Snapshot`, one listing per kind or
// per list that a plan requests. `observeTeam.ts` calls `observe` first, then `unlisted.ts` and `lostCreates.ts` for
// resources that the lists leave out; `requiredLists.ts` selects the lists that a plan requests, and `observeRequired`
// reads them.

import { ApiError, type Api } from '../../model/api.ts';
import type { Catalog, Listed, Lookup } from '../../model/kind/kind.ts';
import { listKey, type ListRequest } from '../../model/pass/plan.ts';
import type { Desired, Observed } from '../../model/resource.ts';
import type { CompleteListing, Listing, Snapshot } from '../../model/pass/snapshot.ts';
import { listedAs } from '../kindOf.ts';
import type { PassCache } from '../passCache.ts';

/** The source of lists, and the cache of the listings that were made of their pages. */
export interface ListSource {
  readonly catalog: Catalog;
  readonly api: Api;
  readonly cache: PassCache;
}

/**
 * Lists each kind once, all concurrently. A list that ends with an `ApiError` becomes a partial listing; only a bug
 * rejects. `resources` are the declared resources: some lists are read only if a spec needs them. Without `resources`,
 * every list is read.
 */
export async function observe(
  source: ListSource,
  kinds: Iterable<string>,
  resources?: readonly Desired[],
): Promise<Snapshot> {
  const listings = await Promise.all(
    [...kinds].map((name) => {
      const kind = listedAs(source.catalog, name);
      const specs = resources?.filter((resource) => resource.kind === name).map(({ spec }) => spec);
      return readListing(kind, kind.list(source.api, specs), source.cache);
    }),
  );
  return new Map(listings.map((listing) => [listing.kind, listing]));
}

/**
 * Reads the lists that a plan requests. A lookup that equals a listing of `known` is derived from it without a request.
 */
export async function observeRequired(
  source: ListSource,
  needs: readonly ListRequest[],
  known: Snapshot = new Map(),
): Promise<Snapshot> {
  const { catalog, api } = source;
  const listings = await Promise.all(
    needs.map(async (need) => {
      const key = listKey(need);
      return need.list === 'lookup'
        ? ([key, await lookUp(listedAs(catalog, key), known, source)] as const)
        : ([key, await readListing({ name: key }, membersOf(catalog, need, api))] as const);
    }),
  );
  return new Map(listings);
}

async function lookUp(
  lookup: Lookup,
  known: Snapshot,
  { api, cache }: ListSource,
): Promise<Listing> {
  const same = known.get(lookup.sameListAs ?? '');
  if (!same) return readListing(lookup, lookup.list(api), cache);
  return cache.of(`listing of ${lookup.name}`, [lookup, same], () =>
    same.complete ? completeListing(lookup, same.items) : { ...same, kind: lookup.name },
  );
}

function membersOf(
  catalog: Catalog,
  { kind, id, relation }: Extract<ListRequest, { list: 'members' }>,
  api: Api,
): AsyncIterable<readonly Listed[]> {
  const { members } = catalog.kinds.get(kind)?.relations?.[relation] ?? {};
  if (!members) throw new Error(`${kind}.${relation} has no list of members`);
  return members(api, id);
}

/** The properties of a kind that its items are read with. */
type ListedKind = Pick<Lookup, 'name' | 'aliases' | 'caseInsensitiveNames'>;

/** The listing of these pages. `cache` holds it while the API's pages are the same; default: it is not cached. */
async function readListing(
  kind: ListedKind,
  list: AsyncIterable<readonly Listed[]>,
  cache?: PassCache,
): Promise<Listing> {
  const pages: (readonly Listed[])[] = [];
  const observed = (): readonly Observed[] => pages.flat().map((item) => observedItem(kind, item));
  try {
    for await (const page of list) {
      checkItems(kind, page);
      pages.push(page);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const items = observed();
    return { kind: kind.name, complete: false, items, byId: index(items), error: error.message };
  }
  const listing = (): Listing => completeListing(kind, observed());
  return cache ? cache.of(`listing of ${kind.name}`, [kind, ...pages], listing) : listing();
}

/** Checks only `id` and `name`, which all else depends on; the kind's reader vouches for the rest. */
function checkItems({ name: kind }: ListedKind, page: readonly Listed[]): void {
  for (const { id, name } of page as readonly { readonly id: unknown; readonly name: unknown }[])
    if (typeof id !== 'string' || id === '' || (typeof name !== 'string' && name != null)) {
      const message = `the list of ${kind} holds an item whose id or name is not a string`;
      throw new ApiError(message, { verdict: 'unavailable' });
    }
}

/** The item as plans see it. An item without a name is named by its id. */
function observedItem({ caseInsensitiveNames }: ListedKind, item: Listed): Observed {
  const name = (item.name as string | null | undefined) ?? item.id;
  const shown = caseInsensitiveNames ? name.toLowerCase() : name;
  return toObserved(shown === item.name ? item : { ...item, name: shown });
}

/**
 * Fills in `ready`, which defaults to true. A complete item is returned as it is: a team may have a hundred thousand
 * of them.
 */
export const toObserved = (item: Listed): Observed =>
  isObserved(item) ? item : { ...item, ready: true };

const isObserved = (item: Listed): item is Observed => item.ready !== undefined;

/**
 * A complete listing. The index by name is built at its first use: a pass over a team that is bound already needs no
 * names.
 */
export function completeListing(kind: ListedKind, items: readonly Observed[]): CompleteListing {
  let byName: ReadonlyMap<string, readonly Observed[]> | undefined;
  return {
    kind: kind.name,
    complete: true,
    items,
    byId: index(items),
    named: (name) => (byName ??= itemsByName(kind, items)).get(name) ?? [],
  };
}

const index = (items: readonly Observed[]): ReadonlyMap<string, Observed> =>
  new Map(items.map((item) => [item.id, item]));

/** The items by each name that a reference may use: their names, and their aliases unless an item bears that name. */
function itemsByName(
  kind: ListedKind,
  items: readonly Observed[],
): ReadonlyMap<string, readonly Observed[]> {
  const byName = grouped(items.map((item) => [item.name, item]));
  const { aliases } = kind;
  if (!aliases) return byName;
  const byAlias = grouped(
    items.flatMap((item) => aliases(item).map((name) => [name, item] as const)),
  );
  return new Map([...byAlias, ...byName]);
}

function grouped(pairs: readonly (readonly [string, Observed])[]): Map<string, Observed[]> {
  const groups = new Map<string, Observed[]>();
  for (const [name, item] of pairs) {
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
