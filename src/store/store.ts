// The store over a database. In: an open, migrated database. Out: a `Store`. `open.ts` opens the file by
// `storePlace.ts` (is the path safe?), `database.ts` (SQLite), and `migrations.ts`; `bindings.ts`, `journal.ts`,
// `guardState.ts`, and `history.ts` read and write groups of tables, and `memory.ts` reads all of them; `lock.ts` gives
// one process the right to write.

import { createHmac } from 'node:crypto';
import type { Store } from '../model/store.ts';
import { bindingStore } from './bindings.ts';
import { guardStore } from './guardState.ts';
import { historyStore } from './history.ts';
import { journalStore } from './journal.ts';
import { memoryReader } from './memory.ts';
import { digestKey, setMeta } from './meta.ts';
import type { Database } from './schema/tables.ts';
import { writerOf } from './write.ts';

/** Makes a store over an open, migrated database. Disposing of the store closes the database. */
export async function storeOver(database: Database): Promise<Store> {
  const key = await digestKey(database);
  const reader = memoryReader(database);
  const write = writerOf(database, () => reader.changed());
  return {
    digest: (text) => createHmac('sha256', key).update(text).digest('hex'),
    memory: (now) => reader.read(now),
    assertWritable: (pass) => setMeta(database, 'begun', pass),
    ...bindingStore(write),
    ...journalStore(write),
    ...guardStore(reader, write),
    ...historyStore(database, reader, write),
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}
