// The store over a database. In: an open, migrated database. Out: a `Store` of one of its workspaces, whose rows
// `inWorkspace.ts` selects. `open.ts` locks and opens one:
// `backends.ts` selects the `Backend` by the settings, which knows all that differs between databases (`backend.ts`
// lists it; `sqlite/` is one), and `schema/` has the tables and migrations. `records/` and `history/` read and write
// groups of tables; `memory.ts` reads all of them, through the cache of `memoryReader.ts`.

import { createHmac } from 'node:crypto';
import type { Store } from '../model/store.ts';
import { auditStore } from './records/audit.ts';
import type { Backend } from './backend.ts';
import { bindingStore } from './records/bindings.ts';
import { guardStore } from './records/guardState.ts';
import { historyStore } from './history/passes.ts';
import { journalStore } from './records/journal.ts';
import { inWorkspace } from './inWorkspace.ts';
import { claimTeam } from './workspaces.ts';
import { memoryReader } from './memory.ts';
import { digestKey, setMeta } from './meta.ts';
import { notificationStore } from './records/notifications.ts';
import { throttleStore } from './records/throttle.ts';
import type { Database } from './schema/tables.ts';
import { wakeStore } from './records/wakes.ts';
import { writerOf } from './write.ts';

/**
 * Makes the store of a workspace over an open, migrated database of a backend. Disposing of it closes nothing.
 * `workspace`: its number in the database.
 */
export async function storeOver(
  all: Database,
  workspace: number,
  backend: Pick<Backend, 'changeToken'>,
): Promise<Store> {
  const database = inWorkspace(all, workspace);
  const key = await digestKey(database);
  const reader = memoryReader(database, () => backend.changeToken(all));
  const write = writerOf(database, () => reader.changed());
  return {
    digest: (text) => createHmac('sha256', key).update(text).digest('hex'),
    memory: (now) => reader.read(now),
    assertWritable: (pass) => setMeta(database, 'begun', pass),
    async claimTeam(team, take) {
      await claimTeam(all, workspace, team, take);
      reader.changed();
    },
    ...bindingStore(write),
    ...journalStore(write),
    ...guardStore(reader, write),
    ...throttleStore(database),
    ...wakeStore(write),
    ...historyStore(database, reader, write),
    ...notificationStore(database),
    ...auditStore(database),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
