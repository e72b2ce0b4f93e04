import type { Wake } from '../../model/pass/wake.ts';
import type { Address } from '../../model/resource.ts';
import type { WakeStore } from '../../model/store.ts';
import { addAudit } from './audit.ts';
import { upsert } from '../rows.ts';
import type { Database } from '../schema/tables.ts';
import type { WriteEach } from '../write.ts';

/** Reads all wakes, with those that have ended. */
export async function readWakes(database: Database): Promise<ReadonlyMap<Address, Wake>> {
  const rows = await database
    .selectFrom('wakes')
    .select(['address', 'at', 'actor', 'until'])
    .execute();
  return new Map(
    rows.map(({ address, at, actor: by, until }) => [address as Address, { at, by, until }]),
  );
}

/** The overrides of timetables. */
export const wakeStore = (write: WriteEach): WakeStore => ({
  wake: (address, { at, by: actor, until }, audit) =>
    write([{ address, at, actor, until }], async (transaction, row) => {
      await upsert(transaction, 'wakes', ['address'], [row]);
      await addAudit(transaction, [audit]);
    }),
  cancelWake: (address, audit) =>
    write([address], async (transaction) => {
      await transaction.deleteFrom('wakes').where('address', '=', address).execute();
      await addAudit(transaction, [audit]);
    }),
});
