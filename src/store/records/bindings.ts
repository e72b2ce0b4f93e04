import type { Address } from '../../model/resource.ts';
import type { BindingStore } from '../../model/store.ts';
import { partsOf, upsert } from '../rows.ts';
import type { Database } from '../schema/tables.ts';
import type { WriteEach } from '../write.ts';

/** Bindings, digests, list reads, and prices. */
export const bindingStore = (write: WriteEach): Omit<BindingStore, 'claimTeam'> => ({
  bind: (bindings) =>
    write(partsOf(lastOf(bindings)), async (transaction, part) => {
      await clearDigestsOfOtherIds(transaction, part);
      await upsertBindings(transaction, part);
      await clearIntents(transaction, addressesOf(part));
    }),
  unbind: (addresses) => write(partsOf(addresses), removeResources),
  markUnlisted: (addresses, since) =>
    write(partsOf(addresses), async (transaction, part) => {
      await transaction
        .updateTable('bindings')
        .set({ unlisted_since: since })
        .where('address', 'in', part)
        .execute();
    }),
  saveDigests: (values) =>
    write(partsOf(values.flatMap(digestRows)), (transaction, rows) =>
      upsert(transaction, 'digests', ['address', 'path'], rows),
    ),
  recordListRead: (keys, at) =>
    write(partsOf(keys), (transaction, part) =>
      upsert(
        transaction,
        'readings',
        ['list'],
        part.map((list) => ({ list, at })),
      ),
    ),
  recordPrices: (prices) =>
    write(partsOf(prices), (transaction, part) =>
      upsert(
        transaction,
        'prices',
        ['key'],
        part.map(([key, rate]) => ({ key, rate })),
      ),
    ),
  removeResource: (address) => write([[address]], removeResources),
});

type AddressedBinding = Parameters<BindingStore['bind']>[0][number];

/** The last binding of each address. */
const lastOf = (bindings: readonly AddressedBinding[]): readonly AddressedBinding[] => [
  ...new Map(bindings.map((binding) => [binding.address, binding])).values(),
];

const addressesOf = (bindings: readonly AddressedBinding[]): readonly Address[] =>
  bindings.map(({ address }) => address);

const upsertBindings = (database: Database, bindings: readonly AddressedBinding[]) =>
  upsert(
    database,
    'bindings',
    ['address'],
    bindings.map(({ address, id, boundAt, ...binding }) => ({
      address,
      live_id: id,
      bound_at: boundAt,
      created: Number(binding.created),
      protected: Number(binding.protected),
      unlisted_since: null,
    })),
  );

const digestRows = ({ address, digests }: Parameters<BindingStore['saveDigests']>[0][number]) =>
  Object.entries(digests).map(([path, digest]) => ({ address, path, digest }));

const clearIntents = (database: Database, addresses: readonly Address[]) =>
  database.deleteFrom('intents').where('address', 'in', addresses).where('path', '=', '').execute();

/**
 * Deletes the digests of addresses that are bound to other ids: they describe values written to other live resources.
 */
async function clearDigestsOfOtherIds(database: Database, bindings: readonly AddressedBinding[]) {
  const rows = await database
    .selectFrom('bindings')
    .select(['address', 'live_id'])
    .where('address', 'in', addressesOf(bindings))
    .execute();
  const bound = new Map(rows.map(({ address, live_id: id }) => [address, id]));
  const others = addressesOf(
    bindings.filter(({ address, id }) => (bound.get(address) ?? id) !== id),
  );
  if (others.length > 0)
    await database.deleteFrom('digests').where('address', 'in', others).execute();
}

async function removeResources(database: Database, addresses: readonly Address[]): Promise<void> {
  for (const table of ['bindings', 'intents', 'digests', 'obligations'] as const)
    await database.deleteFrom(table).where('address', 'in', addresses).execute();
}
