// The store over a database. In: an open, migrated database. Out: a `Store` of one of its workspaces, whose rows
// `inWorkspace.ts` selects. `open.ts` locks and opens one: `backends.ts` selects the `Backend` by the settings, which
// knows all that differs between databases (`backend.ts` lists it; `sqlite/` and `postgres/` are two), and `schema/`
// has the tables and migrations. `records/` and `history/` read and write groups of tables; `memory.ts` reads all of
// them, through the cache of `memoryReader.ts`.

import { createHmac } from 'node:crypto';
import { endlessLease, type Lease } from '../model/lease.ts';
import type { Store } from '../model/store.ts';
import { auditStore } from './records/audit.ts';
import type { Sharing } from './backend.ts';
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

/** A workspace in an open, migrated database. */
export interface StorePlace {
  /** The database, of all workspaces. */
  readonly database: Database;
  /** The number of the workspace in the database. */
  readonly workspace: number;
  /** The right to write to the workspace. Default: it does not end. */
  readonly lease?: Lease;
  /** That of the backend, or of `Sharing`. */
  readonly changeToken: () => Promise<string>;
  /** That of `Sharing`. */
  readonly markChanged?: Sharing['markChanged'] | undefined;
}

/** Makes the store of a workspace. Disposing of it closes nothing. */
export async function storeOver({
  database: all,
  workspace,
  lease = endlessLease,
  changeToken,
  markChanged,
}: StorePlace): Promise<Store> {
  const database = inWorkspace(all, workspace);
  const key = await digestKey(database);
  const reader = memoryReader(database, changeToken);
  const write = writerOf(database, () => reader.changed());
  return {
    lease,
    digest: (text) => createHmac('sha256', key).update(text).digest('hex'),
    memory: (now) => reader.read(now),
    assertWritable: (pass) => setMeta(database, 'begun', pass),
    async claimTeam(team, take) {
      await claimTeam(all, workspace, team, { take, onLost: markChanged });
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
