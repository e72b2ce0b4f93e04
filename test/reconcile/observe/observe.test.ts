import { describe, expect, test } from 'vitest';
import { ApiError, type Api } from '../../../src/model/api.ts';
import type { Catalog, Listed, Lookup, ResourceKind } from '../../../src/model/kind/kind.ts';
import type { Listing } from '../../../src/model/pass/snapshot.ts';
import { kindOf } from '../../../src/reconcile/kindOf.ts';
import {
  completeListing,
  observe,
  observeRequired,
  type ListSource,
} from '../../../src/reconcile/observe/observe.ts';
import { catalog, have, want } from '../../support/team.ts';
import { createPassCache } from '../../../src/reconcile/passCache.ts';

const api = {} as Api;
const network = kindOf(catalog.kinds, 'privateNetworks');
const sourceOf = (over: Partial<Catalog> = {}): ListSource => ({
  catalog: { ...catalog, ...over },
  api,
  cache: createPassCache(),
});
const item = (over: object = {}): Listed => ({ id: '1', name: 'a', spec: {}, ...over });

/** Lists networks with these pages; an error ends the list. */
async function listed(
  pages: readonly (readonly Listed[] | Error)[],
  over: Partial<ResourceKind> = {},
): Promise<Listing | undefined> {
  async function* list(): AsyncGenerator<readonly Listed[]> {
    for (const page of pages)
      if (page instanceof Error) throw page;
      else yield page;
  }
  const kinds = new Map([['privateNetworks', { ...network, list, ...over }]]);
  const snapshot = await observe(sourceOf({ kinds }), ['privateNetworks']);
  return snapshot.get('privateNetworks');
}

/** The ids of the items that have one of these names. */
const idsNamed = (listing: Listing | undefined, ...names: readonly string[]): unknown =>
  listing?.complete ? names.map((name) => listing.named(name).map(({ id }) => id)) : undefined;

describe('a list', () => {
  test('has the items of all its pages, by id and by name', async () => {
    const listing = await listed([[item()], [item({ id: '2' }), item({ id: '3', name: 'b' })]]);
    expect(listing).toMatchObject({ kind: 'privateNetworks', complete: true });
    expect([...(listing?.byId.keys() ?? [])]).toEqual(['1', '2', '3']);
    expect(idsNamed(listing, 'a', 'b', 'c')).toEqual([['1', '2'], ['3'], []]);
  });

  test('keeps all properties of an item; ready defaults to true', async () => {
    const told = {
      ready: false,
      activity: 'at work',
      failure: 'no',
      fixed: 'so',
      facts: { a: 1 },
    };
    const listing = await listed([[item(told), item({ id: '2' })]]);
    expect(listing?.items).toStrictEqual([
      { id: '1', name: 'a', spec: {}, ...told },
      { id: '2', name: 'a', spec: {}, ready: true },
    ]);
  });

  test('that ends with an error keeps the items read before', async () => {
    const error = new ApiError('it broke off', { verdict: 'unavailable' });
    const listing = await listed([[item()], error]);
    expect(listing).toMatchObject({ complete: false, error: 'it broke off' });
    expect([...(listing?.byId.keys() ?? [])]).toEqual(['1']);
  });

  test.each([
    {
      because: 'an item without a name is named by its id',
      over: { name: null },
      name: '1',
    },
    {
      because: 'names of the kind are case-insensitive',
      over: { name: 'AbC' },
      caseless: true,
      name: 'abc',
    },
    { because: 'names of the kind are case-sensitive', over: { name: 'AbC' }, name: 'AbC' },
  ])('has an item: $because', async ({ over, caseless = false, name }) => {
    const listing = await listed([[item(over)]], { caseInsensitiveNames: caseless });
    expect(listing?.items.map((observed) => observed.name)).toEqual([name]);
    expect(idsNamed(listing, name)).toEqual([['1']]);
  });

  test.each([{ id: '' }, { id: 1 }, { name: 1 }, { id: '', name: null }, { id: 1, name: null }])(
    'that has an item with %o is incomplete',
    async (over) => {
      expect(await listed([[item(over)]])).toMatchObject({
        complete: false,
        error: 'the list of privateNetworks holds an item whose id or name is not a string',
      });
    },
  );

  test('finds an item by its alias if no item has that name', async () => {
    const pages = [[item(), item({ id: '2', name: 'b', spec: { other: 'c' } })]];
    const alsoNamed: NonNullable<ResourceKind['aliases']> = ({ id }) =>
      id === '1' ? ['x', 'b'] : [];
    expect(idsNamed(await listed(pages, { aliases: alsoNamed }), 'x', 'b', 'a')).toEqual([
      ['1'],
      ['2'],
      ['1'],
    ]);
  });

  test('is called with the declared specs of its kind', async () => {
    const asked: unknown[] = [];
    async function* list(_: Api, specs: unknown): AsyncGenerator<readonly Listed[]> {
      asked.push(specs);
      yield [];
    }
    const kinds = new Map([['privateNetworks', { ...network, list }]]);
    const resources = [want('privateNetworks', 'n', { region: 'ny2' }), want('machines', 'm', {})];
    await observe(sourceOf({ kinds }), ['privateNetworks'], resources);
    await observe(sourceOf({ kinds }), ['privateNetworks']);
    expect(asked).toEqual([[{ region: 'ny2' }], undefined]);
  });
});

describe('a lookup that is the list of a kind', () => {
  const [lookup] = [...catalog.lookups.values()].filter(
    ({ sameListAs }) => sameListAs !== undefined,
  );
  if (!lookup) throw new Error('there is such a lookup');
  const { name, sameListAs = '' }: Lookup = lookup;
  const need = { list: 'lookup', kind: name } as const;
  test('is not read again, and is the same value for the same list', async () => {
    const known = new Map([
      [sameListAs, completeListing({ name: sameListAs }, [have(sameListAs, 'a', {})])],
    ]);
    const source = sourceOf();
    const first = (await observeRequired(source, [need], known)).get(name);
    expect(first).toMatchObject({ kind: name, complete: true, items: [{ name: 'a' }] });
    expect((await observeRequired(source, [need], known)).get(name)).toBe(first);
  });

  test('is incomplete if that list is', async () => {
    const machine = have(sameListAs, 'a', {});
    const read = { items: [machine], byId: new Map([[machine.id, machine]]) };
    const partial: Listing = { kind: sameListAs, complete: false, ...read, error: 'no' };
    const seen = (await observeRequired(sourceOf(), [need], new Map([[sameListAs, partial]]))).get(
      name,
    );
    expect(seen).toMatchObject({ kind: name, complete: false, error: 'no' });
    expect([...(seen?.byId.keys() ?? [])]).toEqual(['id-a']);
  });
});

test('an error in the code of a list rejects instead of making the list incomplete', async () => {
  await expect(listed([new TypeError('a bug')])).rejects.toThrow('a bug');
});

test('a kind or relation that does not exist rejects', async () => {
  await expect(observe(sourceOf(), ['ghosts'])).rejects.toThrow('there is no kind ghosts');
  const need = { list: 'members', kind: 'machines', id: 'm', relation: 'ghosts' } as const;
  await expect(observeRequired(sourceOf(), [need])).rejects.toThrow(
    'machines.ghosts has no list of members',
  );
});
