import type { AuditEntry, AuditEvent } from '../../model/audit.ts';
import type { AuditStore } from '../../model/store.ts';
import { partsOf } from '../rows.ts';
import type { Database } from '../schema/tables.ts';

/** The number of newest entries that are kept. */
const kept = 10_000;

/** Adds entries, and deletes all but the newest. */
export async function addAudit(
  database: Database,
  entries: readonly (AuditEntry | undefined)[],
): Promise<void> {
  const rows = entries
    .filter((entry) => entry !== undefined)
    .map(({ commit, ...entry }) => ({ ...entry, git_commit: commit }));
  for (const part of partsOf(rows)) await database.insertInto('audit').values(part).execute();
  if (rows.length === 0) return;
  await database
    .deleteFrom('audit')
    .where('id', '<=', (query) =>
      query.selectFrom('audit').select('id').orderBy('id', 'desc').limit(1).offset(kept),
    )
    .execute();
}

/** The audit. It is no part of the memory, so reading it is never cached. */
export const auditStore = (database: Database): AuditStore => ({
  addAudit: (entries) =>
    database.transaction().execute((transaction) => addAudit(transaction, entries)),
  async audit(since) {
    let query = database
      .selectFrom('audit')
      .select([
        'at',
        'actor',
        'event',
        'target',
        'pass',
        'git_commit',
        'digest',
        'outcome',
        'detail',
      ])
      .orderBy('id', 'desc');
    if (since !== undefined) query = query.where('at', '>=', since);
    const rows = await query.execute();
    return rows.map(
      ({ git_commit: commit, event, target, pass, digest, outcome, detail, ...row }) => ({
        ...row,
        event: event as AuditEvent,
        target,
        pass,
        commit,
        digest,
        outcome,
        detail,
      }),
    );
  },
});
