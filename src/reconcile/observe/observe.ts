import { ApiError, type Api } from '../../model/api.ts';
import type { Catalog, Listed, Lookup } from '../../model/kind.ts';
import { listKey, type Need } from '../../model/pass/plan.ts';
import type { Absent, Address, Desired, Observed } from '../../model/resource.ts';
import { partsOf } from '../../model/resource.ts';
import type { CompleteListing, Listing, Snapshot } from '../../model/pass/snapshot.ts';
import { kindOf, listedAs } from '../kindOf.ts';
import { referencesIn } from '../compare/spec.ts';

/**
 * Lists the kinds, each once and all at the same time. A listing that fails is partial; only a bug rejects. `resources` are the
 * declared ones, for lists that are only read where something in them is declared; without them, every list is read.
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
      const specs = resources?.filter((one) => one.kind === name).map(({ spec }) => spec);
      return listing(kind, kind.list(api, specs));
    }),
  );
  return new Map(listings.map((one) => [one.kind, one]));
}

/** Reads the lists that a plan wants. `known` holds what was read before: what is the same as one of it is not read again. */
export async function observeNeeds(
  catalog: Catalog,
  needs: readonly Need[],
  api: Api,
  known: Snapshot = new Map(),
): Promise<Snapshot> {
  const listings = await Promise.all(
    needs.map(async (need) => {
      const key = listKey(need);
      return need.list === 'lookup'
        ? ([key, await lookUp(listedAs(catalog, key), known, api)] as const)
        : ([key, await listing({ name: key }, membersOf(catalog, need, api))] as const);
    }),
  );
  return new Map(listings);
}

async function lookUp(lookup: Lookup, known: Snapshot, api: Api): Promise<Listing> {
  const same = known.get(lookup.sameAs ?? '');
  return same ? alike(lookup, same) : listing(lookup, lookup.list(api));
}

const likenesses = new WeakMap<Listing, Listing>();

/** The listing of a kind as that of a lookup which is the same; the same one for the same one. */
function alike(lookup: Lookup, same: Listing): Listing {
  const known = likenesses.get(same);
  if (known) return known;
  const made: Listing = same.complete
    ? completeListing(lookup, same.items)
    : { ...same, kind: lookup.name };
  likenesses.set(same, made);
  return made;
}

function membersOf(
  catalog: Catalog,
  { kind, id, relation }: Extract<Need, { list: 'members' }>,
  api: Api,
): AsyncIterable<readonly Listed[]> {
  const { members } = catalog.kinds.get(kind)?.relations?.[relation] ?? {};
  if (!members) throw new Error(`the members of ${kind}.${relation} are not listed apart`);
  return members(api, id);
}

/** What listing needs to know of a kind. */
type Named = Pick<Lookup, 'name' | 'alsoNamed' | 'caseless'>;

async function listing(kind: Named, list: AsyncIterable<readonly Listed[]>): Promise<Listing> {
  const pages: (readonly Observed[])[] = [];
  try {
    for await (const page of list) pages.push(observedOf(kind, page));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const items = pages.flat();
    return { kind: kind.name, complete: false, items, byId: index(items), error: error.message };
  }
  return listingOf(kind, pages);
}

const observedPages = new WeakMap<
  readonly Listed[],
  { readonly kind: Named; readonly items: readonly Observed[] }
>();

/** The items of a page; one that is the same array as in an earlier walk has the same ones. */
function observedOf(kind: Named, page: readonly Listed[]): readonly Observed[] {
  const known = observedPages.get(page);
  if (known?.kind === kind) return known.items;
  const items = page.map((item) => toObserved(named(kind, item)));
  observedPages.set(page, { kind, items });
  return items;
}

/** Item by item the types are taken on trust, but for what everything else hangs on. What has no name is known by its id. */
function named({ name: kind, caseless }: Named, item: Listed): Listed {
  const { id, name } = item as { readonly id: unknown; readonly name: unknown };
  if (typeof id === 'string' && id !== '' && typeof name === 'string')
    return caseless ? { ...item, name: name.toLowerCase() } : item;
  if (typeof id === 'string' && id !== '' && name == null) return { ...item, name: id };
  const what = `the list of ${kind} holds an item whose id or name is no text`;
  throw new ApiError(what, { verdict: 'unavailable' });
}

const lastListings = new WeakMap<
  Named,
  { readonly pages: readonly (readonly Observed[])[]; readonly listing: Listing }
>();

/** The listing of these pages; the last one of the kind where it was made of the very same. */
function listingOf(kind: Named, pages: readonly (readonly Observed[])[]): Listing {
  const last = lastListings.get(kind);
  if (last?.pages.length === pages.length && last.pages.every((page, at) => page === pages[at]))
    return last.listing;
  const made = completeListing(kind, pages.flat());
  lastListings.set(kind, { pages, listing: made });
  return made;
}

/** What an item of a list shows. One that says all of it is it: a team may have a hundred thousand of them. */
export const toObserved = (item: Listed): Observed =>
  isObserved(item) ? item : { ...item, settled: true };

const isObserved = (item: Listed): item is Observed => item.settled !== undefined;

/** A listing that ended well. The index by name is made when it is first asked for: in a team that is known nothing is looked for by name. */
export function completeListing(kind: Named, items: readonly Observed[]): CompleteListing {
  let byName: CompleteListing['byName'] | undefined;
  return {
    kind: kind.name,
    complete: true,
    items,
    byId: index(items),
    get byName() {
      return (byName ??= names(kind, items));
    },
  };
}

const index = (items: readonly Observed[]): ReadonlyMap<string, Observed> =>
  new Map(items.map((item) => [item.id, item]));

/** What a reference may call each item: its name, and where nothing bears that name, what it is also called. */
function names(kind: Named, items: readonly Observed[]): ReadonlyMap<string, readonly Observed[]> {
  const byName = grouped(items.map((item) => [item.name, item]));
  const { alsoNamed } = kind;
  if (!alsoNamed) return byName;
  const byOther = grouped(
    items.flatMap((item) => alsoNamed(item).map((name) => [name, item] as const)),
  );
  return new Map([...byOther, ...byName]);
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
 * The kinds whose lists a pass needs: declared, remembered, in `absent` or in `prune`, and what a live reference names (INTERFACE 6.5).
 * Lookups, such as OS templates, are left out: a plan says when it needs one.
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

const kindsIn = new WeakMap<ReadonlyMap<Address, unknown>, ReadonlySet<string>>();

/** The kinds of the addresses; passes that remember the same share them. */
function rememberedKinds(memory: ReadonlyMap<Address, unknown>): ReadonlySet<string> {
  const known = kindsIn.get(memory);
  if (known) return known;
  const kinds = new Set<string>();
  for (const address of memory.keys()) kinds.add(partsOf(address).kind);
  kindsIn.set(memory, kinds);
  return kinds;
}

const kindsOf = new WeakMap<readonly Desired[], ReadonlySet<string>>();

/** The kinds that resources are of, and those that they name live; passes over the same state share them. */
function declaredKinds(catalog: Catalog, resources: readonly Desired[]): ReadonlySet<string> {
  const known = kindsOf.get(resources);
  if (known) return known;
  const kinds = new Set(resources.map(({ kind }) => kind));
  for (const desired of resources) for (const kind of liveKinds(catalog, desired)) kinds.add(kind);
  kindsOf.set(resources, kinds);
  return kinds;
}

const liveKinds = (catalog: Catalog, { kind, spec }: Desired): readonly string[] =>
  referencesIn(kindOf(catalog.kinds, kind).schema, spec)
    .map(({ reference }) => reference)
    .filter(({ by }) => by === 'live')
    .map((reference) => reference.kind);
