import type { Insertable } from 'kysely';
import type { Address } from '../../model/resource.ts';
import type { BindingStore } from '../../model/store.ts';
import { clearIntent } from './journal.ts';
import { setMeta } from '../meta.ts';
import type { Database, Tables } from '../schema/tables.ts';
import type { WriteEach } from '../write.ts';

/** Bindings, digests, list reads, prices, and the owner of the store. */
export const bindingStore = (write: WriteEach): BindingStore => ({
  claimTeam: (team) =>
    write([JSON.stringify(team)], (transaction, value) => setMeta(transaction, 'team', value)),
  bind: (bindings) =>
    write(bindings, async (transaction, { address, id, boundAt, ...binding }) => {
      await clearDigestsOfOtherId(transaction, address, id);
      await upsertBinding(transaction, {
        address,
        live_id: id,
        bound_at: boundAt,
        created: Number(binding.created),
        protected: Number(binding.protected),
        unlisted_since: null,
      });
      await clearIntent(transaction, address, '');
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

const upsertBinding = (database: Database, row: Insertable<Tables['bindings']>) =>
  database
    .insertInto('bindings')
    .values(row)
    .onConflict((conflict) => conflict.column('address').doUpdateSet(row))
    .execute();

const upsertDigest = (database: Database, row: Insertable<Tables['digests']>) =>
  database
    .insertInto('digests')
    .values(row)
    .onConflict((conflict) => conflict.columns(['address', 'path']).doUpdateSet(row))
    .execute();

/**
 * Deletes the digests of an address that is bound to another id: they describe values written to another live resource.
 */
async function clearDigestsOfOtherId(database: Database, address: Address, id: string) {
  const bound = await database
    .selectFrom('bindings')
    .select('live_id')
    .where('address', '=', address)
    .executeTakeFirst();
  if (bound && bound.live_id !== id)
    await database.deleteFrom('digests').where('address', '=', address).execute();
}

async function removeResource(database: Database, address: Address): Promise<void> {
  for (const table of ['bindings', 'intents', 'digests', 'obligations'] as const)
    await database.deleteFrom(table).where('address', '=', address).execute();
}
