import { randomBytes } from 'node:crypto';
import type { Team } from '../model/memory.ts';
import type { PassSummary } from '../model/pass/report.ts';
import { TeamTakenError } from '../model/team.ts';
import { inWorkspace } from './inWorkspace.ts';
import { setMeta } from './meta.ts';
import { passOf } from './history/passes.ts';
import type { Database, Tables } from './schema/tables.ts';

/** Returns the number of a workspace in the store; undefined: the store has no workspace of this name. */
export async function findWorkspace(database: Database, name: string): Promise<number | undefined> {
  const row = await database
    .selectFrom('workspaces')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.id;
}

/** Returns the number of a workspace in the store. Adds it, with its key, if there is none of this name. */
export const addWorkspace = async (database: Database, name: string): Promise<number> =>
  (await findWorkspace(database, name)) ??
  (await database.transaction().execute(async (transaction) => {
    const added = await transaction
      .insertInto('workspaces')
      .values({ name })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (added)
      await inWorkspace(transaction, added.id)
        .insertInto('meta')
        .values({ key: 'digest-key', value: randomBytes(32).toString('hex') })
        .execute();
    return added?.id;
  })) ??
  // Another process has added it meanwhile.
  (await addWorkspace(database, name));

/** Whether any workspace has recorded a pass. */
export const hasPasses = async (database: Database): Promise<boolean> =>
  (await database.selectFrom('passes').select('pass').limit(1).executeTakeFirst()) !== undefined;

/** The last pass of every workspace that has recorded one, by its name. */
export async function readLastPasses(
  database: Database,
): Promise<ReadonlyMap<string, PassSummary>> {
  const all = withWorkspaces(database);
  const rows = await all
    .selectFrom('passes')
    .innerJoin('workspaces', 'workspaces.id', 'passes.workspace')
    .innerJoin(
      (query) =>
        query
          .selectFrom('passes')
          .select(({ fn }) => ['workspace', fn.max('pass').as('pass')])
          .groupBy('workspace')
          .as('last'),
      (join) =>
        join
          .onRef('last.workspace', '=', 'passes.workspace')
          .onRef('last.pass', '=', 'passes.pass'),
    )
    .select('workspaces.name')
    .selectAll('passes')
    .execute();
  return new Map(rows.map(({ name, ...row }) => [name, passOf(row)]));
}

/** The database with the column that no other query names. */
const withWorkspaces = (database: Database) =>
  database.withTables<{
    meta: { workspace: number; key: string; value: string };
    passes: Tables['passes'] & { workspace: number };
  }>();

/**
 * Makes a team that of a workspace. Rejects with a `TeamTakenError` if it is that of another one; `take`: the other one
 * then loses it, and `onLost` is called with it.
 */
export async function claimTeam(
  database: Database,
  workspace: number,
  team: Team,
  {
    take,
    onLost,
  }: {
    readonly take: boolean;
    readonly onLost?: ((transaction: Database, workspace: number) => Promise<void>) | undefined;
  },
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await oneAfterTheOther(transaction);
    const other = await workspaceOfTeam(transaction, workspace, team.id);
    if (other && !take) throw new TeamTakenError(team, other.name);
    if (other) {
      await inWorkspace(transaction, other.id)
        .deleteFrom('meta')
        .where('key', '=', 'team')
        .execute();
      await onLost?.(transaction, other.id);
    }
    await setMeta(inWorkspace(transaction, workspace), 'team', JSON.stringify(team));
  });
}

/**
 * Waits until no other transaction that has called this is open: two processes may claim the same team for two
 * workspaces. It writes a row that all of them write.
 */
async function oneAfterTheOther(transaction: Database): Promise<void> {
  await transaction
    .updateTable('workspaces')
    .set((query) => ({ name: query.ref('name') }))
    .where('id', '=', (query) => query.selectFrom('workspaces').select('id').orderBy('id').limit(1))
    .execute();
}

/** Another workspace than this one with the team of this id. */
async function workspaceOfTeam(database: Database, workspace: number, id: string) {
  const rows = await withWorkspaces(database)
    .selectFrom('meta')
    .innerJoin('workspaces', 'workspaces.id', 'meta.workspace')
    .select(['workspaces.id', 'workspaces.name', 'meta.value'])
    .where('meta.key', '=', 'team')
    .where('workspaces.id', '<>', workspace)
    .execute();
  return rows.find(({ value }) => (JSON.parse(value) as Team).id === id);
}
