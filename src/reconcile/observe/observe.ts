// The live state of a team. In: a catalog, the kinds in use, and an `Api`. Out: a `Snapshot`, one listing per kind or
// per list that a plan requests. `observeTeam.ts` calls `observe` first, then `unlisted.ts` and `lostCreates.ts` for
// resources that the lists leave out; `requiredLists.ts` selects the lists that a plan requests, and `observeRequired`
// reads them.

import { ApiError, type Api } from '../../model/api.ts';
import type { Catalog, Listed, Lookup } from '../../model/kind.ts';
import { listKey, type ListRequest } from '../../model/pass/plan.ts';
import type { Absent, Address, Desired, Observed } from '../../model/resource.ts';
import { splitAddress } from '../../model/resource.ts';
import type { CompleteListing, Listing, Snapshot } from '../../model/pass/snapshot.ts';
import { kindOf, listedAs } from '../kindOf.ts';
import { referencesIn } from '../compare/spec.ts';

/**
 * Lists each kind once, all concurrently. A list that ends with an `ApiError` becomes a partial listing; only a bug
 * rejects. `resources` are the declared resources: some lists are read only if a spec needs them. Without `resources`,
 * every list is read.
 */
export async function observe(
  catalog: Catalog,
  kinds: Iterable<string>,
  api: Api,
  resources?: readonly Desired[],
): Promise<Snapshot> {
  const listings = await Promise.all(
    [...kinds].map((name) => {
      const kind = listedAs(catalog, name);
      const specs = resources?.filter((resource) => resource.kind === name).map(({ spec }) => spec);
      return readListing(kind, kind.list(api, specs));
    }),
  );
  return new Map(listings.map((listing) => [listing.kind, listing]));
}

/**
 * Reads the lists that a plan requests. A lookup that equals a listing of `known` is derived from it without a request.
 */
export async function observeRequired(
  catalog: Catalog,
  needs: readonly ListRequest[],
  api: Api,
  known: Snapshot = new Map(),
): Promise<Snapshot> {
  const listings = await Promise.all(
    needs.map(async (need) => {
      const key = listKey(need);
      return need.list === 'lookup'
        ? ([key, await lookUp(listedAs(catalog, key), known, api)] as const)
        : ([key, await readListing({ name: key }, membersOf(catalog, need, api))] as const);
    }),
  );
  return new Map(listings);
}

async function lookUp(lookup: Lookup, known: Snapshot, api: Api): Promise<Listing> {
  const source = known.get(lookup.sameListAs ?? '');
  return source ? derivedListing(lookup, source) : readListing(lookup, lookup.list(api));
}

const derivedListings = new WeakMap<Listing, Listing>();

/**
 * The listing of a lookup with the items of `source`. The same source gives the same value, so that plans can be
 * memoized by identity.
 */
function derivedListing(lookup: Lookup, source: Listing): Listing {
  const cached = derivedListings.get(source);
  if (cached) return cached;
  const derived: Listing = source.complete
    ? completeListing(lookup, source.items)
    : { ...source, kind: lookup.name };
  derivedListings.set(source, derived);
  return derived;
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

async function readListing(
  kind: ListedKind,
  list: AsyncIterable<readonly Listed[]>,
): Promise<Listing> {
  const pages: (readonly Observed[])[] = [];
  try {
    for await (const page of list) pages.push(observedItems(kind, page));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const items = pages.flat();
    return { kind: kind.name, complete: false, items, byId: index(items), error: error.message };
  }
  return cachedListing(kind, pages);
}

const observedPages = new WeakMap<
  readonly Listed[],
  { readonly kind: ListedKind; readonly items: readonly Observed[] }
>();

/** The observed items of a page. A page that the API client served from its cache gives the same array again. */
function observedItems(kind: ListedKind, page: readonly Listed[]): readonly Observed[] {
  const cached = observedPages.get(page);
  if (cached?.kind === kind) return cached.items;
  const items = page.map((item) => toObserved(checkedItem(kind, item)));
  observedPages.set(page, { kind, items });
  return items;
}

/**
 * Checks only `id` and `name`, which all else depends on; the kind's reader vouches for the rest. An item without a
 * name is named by its id.
 */
function checkedItem({ name: kind, caseInsensitiveNames }: ListedKind, item: Listed): Listed {
  const { id, name } = item as { readonly id: unknown; readonly name: unknown };
  if (typeof id === 'string' && id !== '' && typeof name === 'string')
    return caseInsensitiveNames ? { ...item, name: name.toLowerCase() } : item;
  if (typeof id === 'string' && id !== '' && name == null) return { ...item, name: id };
  const message = `the list of ${kind} holds an item whose id or name is not a string`;
  throw new ApiError(message, { verdict: 'unavailable' });
}

const lastListings = new WeakMap<
  ListedKind,
  { readonly pages: readonly (readonly Observed[])[]; readonly listing: Listing }
>();

/**
 * The listing of these pages: the kind's last listing if its pages are identical, so that an unchanged team costs no
 * new index.
 */
function cachedListing(kind: ListedKind, pages: readonly (readonly Observed[])[]): Listing {
  const last = lastListings.get(kind);
  if (last?.pages.length === pages.length && last.pages.every((page, at) => page === pages[at]))
    return last.listing;
  const listing = completeListing(kind, pages.flat());
  lastListings.set(kind, { pages, listing });
  return listing;
}

/**
 * Fills in `ready`, which defaults to true. A complete item is returned as it is: a team may have a hundred thousand
 * of them.
 */
export const toObserved = (item: Listed): Observed =>
  isObserved(item) ? item : { ...item, ready: true };

const isObserved = (item: Listed): item is Observed => item.ready !== undefined;

/** A complete listing. `byName` is built at its first use: a pass over a team that is bound already needs no names. */
export function completeListing(kind: ListedKind, items: readonly Observed[]): CompleteListing {
  let byName: CompleteListing['byName'] | undefined;
  return {
    kind: kind.name,
    complete: true,
    items,
    byId: index(items),
    get byName() {
      return (byName ??= itemsByName(kind, items));
    },
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

/**
 * The kinds to list in a pass: those of declared resources, of stored addresses, of `absent` and `prune`, and of live
 * references (INTERFACE 6.5), in the catalog's order. Lookups, such as OS templates, are not included: a plan requests
 * them.
 */
export function kindsInUse(
  catalog: Catalog,
  resources: readonly Desired[],
  absent: readonly Absent[],
  remembered: readonly ReadonlyMap<Address, unknown>[],
  prune: readonly string[],
): readonly string[] {
  const used = new Set<string>(prune);
  for (const { kind } of absent) used.add(kind);
  for (const memory of remembered) for (const kind of rememberedKinds(memory)) used.add(kind);
  for (const kind of declaredKinds(catalog, resources)) used.add(kind);
  return [...catalog.kinds.keys()].filter((kind) => used.has(kind));
}

const kindsByMemory = new WeakMap<ReadonlyMap<Address, unknown>, ReadonlySet<string>>();

/** The kinds of the addresses, cached per map: passes over an unchanged store share it. */
function rememberedKinds(memory: ReadonlyMap<Address, unknown>): ReadonlySet<string> {
  const cached = kindsByMemory.get(memory);
  if (cached) return cached;
  const kinds = new Set<string>();
  for (const address of memory.keys()) kinds.add(splitAddress(address).kind);
  kindsByMemory.set(memory, kinds);
  return kinds;
}

const kindsByResources = new WeakMap<readonly Desired[], ReadonlySet<string>>();

/**
 * The kinds of the resources and of their live references, cached per array: passes over an unchanged config share it.
 */
function declaredKinds(catalog: Catalog, resources: readonly Desired[]): ReadonlySet<string> {
  const cached = kindsByResources.get(resources);
  if (cached) return cached;
  const kinds = new Set(resources.map(({ kind }) => kind));
  for (const desired of resources) for (const kind of liveKinds(catalog, desired)) kinds.add(kind);
  kindsByResources.set(resources, kinds);
  return kinds;
}

const liveKinds = (catalog: Catalog, { kind, spec }: Desired): readonly string[] =>
  referencesIn(kindOf(catalog.kinds, kind).schema, spec)
    .map(({ reference }) => reference)
    .filter(({ by }) => by === 'live')
    .map((reference) => reference.kind);
