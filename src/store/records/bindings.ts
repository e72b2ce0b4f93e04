import type { Insertable } from 'kysely';
import type { Address } from '../../model/resource.ts';
import type { BindingStore } from '../../model/store.ts';
import type { Database, Tables } from '../schema/tables.ts';
import type { WriteEach } from '../write.ts';

/** Bindings, digests, list reads, and prices. */
export const bindingStore = (write: WriteEach): Omit<BindingStore, 'claimTeam'> => ({
  bind: (bindings) =>
    write(inParts(bindings), async (transaction, part) => {
      await clearDigestsOfOtherIds(transaction, part);
      await upsertBindings(transaction, part);
      await clearIntents(transaction, addressesOf(part));
    }),
  unbind: (addresses) => write(addresses, removeResource),
  markUnlisted: (addresses, since) =>
    write(addresses, async (transaction, address) => {
      await transaction
        .updateTable('bindings')
        .set({ unlisted_since: since })
        .where('address', '=', address)
        .execute();
    }),
  saveDigests: (values) =>
    write(values, async (transaction, { address, digests }) => {
      for (const [path, digest] of Object.entries(digests))
        await upsertDigest(transaction, { address, path, digest });
    }),
  recordListRead: (keys, at) =>
    write(keys, async (transaction, list) => {
      await transaction
        .insertInto('readings')
        .values({ list, at })
        .onConflict((conflict) => conflict.column('list').doUpdateSet({ at }))
        .execute();
    }),
  recordPrices: (prices) =>
    write(prices, async (transaction, [key, rate]) => {
      await transaction
        .insertInto('prices')
        .values({ key, rate })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ rate }))
        .execute();
    }),
  removeResource: (address) => write([address], removeResource),
});

type AddressedBinding = Parameters<BindingStore['bind']>[0][number];

/** The number of rows per statement, so that it stays below the limits of databases. */
const rowsPerStatement = 100;

/** The last binding of each address, in parts of one statement each. */
function inParts(bindings: readonly AddressedBinding[]): readonly (readonly AddressedBinding[])[] {
  const last = [...new Map(bindings.map((binding) => [binding.address, binding])).values()];
  return Array.from({ length: Math.ceil(last.length / rowsPerStatement) }, (_, part) =>
    last.slice(part * rowsPerStatement, (part + 1) * rowsPerStatement),
  );
}

const addressesOf = (bindings: readonly AddressedBinding[]): readonly Address[] =>
  bindings.map(({ address }) => address);

const upsertBindings = (database: Database, bindings: readonly AddressedBinding[]) =>
  database
    .insertInto('bindings')
    .values(
      bindings.map(({ address, id, boundAt, ...binding }) => ({
        address,
        live_id: id,
        bound_at: boundAt,
        created: Number(binding.created),
        protected: Number(binding.protected),
        unlisted_since: null,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('address').doUpdateSet((query) => ({
        live_id: query.ref('excluded.live_id'),
        bound_at: query.ref('excluded.bound_at'),
        created: query.ref('excluded.created'),
        protected: query.ref('excluded.protected'),
        unlisted_since: query.ref('excluded.unlisted_since'),
      })),
    )
    .execute();

const upsertDigest = (database: Database, row: Insertable<Tables['digests']>) =>
  database
    .insertInto('digests')
    .values(row)
    .onConflict((conflict) => conflict.columns(['address', 'path']).doUpdateSet(row))
    .execute();

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

async function removeResource(database: Database, address: Address): Promise<void> {
  for (const table of ['bindings', 'intents', 'digests', 'obligations'] as const)
    await database.deleteFrom(table).where('address', '=', address).execute();
}
