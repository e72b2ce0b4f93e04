import type { Address } from '../../model/resource.ts';
import type { Obligation } from '../../model/memory.ts';
import type { JournalStore } from '../../model/store.ts';
import { partsOf, upsert } from '../rows.ts';
import type { Database, Tables } from '../schema/tables.ts';
import type { WriteEach } from '../write.ts';

/** Intents, obligations, and deletions. */
export const journalStore = (write: WriteEach): JournalStore => ({
  recordIntent: (address, { at, until }, path = '') =>
    write([{ address, path, at, until }], (transaction, row) =>
      upsert(transaction, 'intents', ['address', 'path'], [row]),
    ),
  clearIntent: (address, path = '') =>
    write([address], (transaction) => clearIntent(transaction, address, path)),
  recordObligation: (address, obligation) =>
    write(partsOf(obligationRows(address, obligation)), (transaction, rows) =>
      upsert(transaction, 'obligations', ['address', 'path'], rows),
    ),
  clearObligation: (address, paths) =>
    write([address], (transaction) => clearObligation(transaction, address, paths)),
  recordDeletion: (address, at) =>
    write([{ address, at }], async (transaction, row) => {
      await transaction.insertInto('deletions').values(row).execute();
    }),
  cancelDeletion: (address, at) =>
    write([address], async (transaction) => {
      await transaction
        .deleteFrom('deletions')
        .where('address', '=', address)
        .where('at', '=', at)
        .execute();
    }),
});

/** Clears the intent of an address, or of the member at `path`. */
async function clearIntent(database: Database, address: Address, path: string): Promise<void> {
  await database
    .deleteFrom('intents')
    .where('address', '=', address)
    .where('path', '=', path)
    .execute();
}

const obligationRows = (
  address: Address,
  { id, at, fields }: Obligation,
): readonly Tables['obligations'][] =>
  Object.entries(fields).map(([path, { owed, temporary }]) => ({
    address,
    path,
    live_id: id,
    at,
    owed: JSON.stringify(owed),
    temporary: temporary === undefined ? null : JSON.stringify(temporary),
  }));

async function clearObligation(
  database: Database,
  address: Address,
  paths: readonly string[] | undefined,
): Promise<void> {
  let query = database.deleteFrom('obligations').where('address', '=', address);
  if (paths) query = query.where('path', 'in', paths);
  await query.execute();
}
