import { randomBytes } from 'node:crypto';
import type { Team } from '../model/memory.ts';
import { TeamTakenError } from '../model/team.ts';
import { inWorkspace } from './inWorkspace.ts';
import { setMeta } from './meta.ts';
import type { Database } from './schema/tables.ts';

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
    const { id } = await transaction
      .insertInto('workspaces')
      .values({ name })
      .returning('id')
      .executeTakeFirstOrThrow();
    await inWorkspace(transaction, id)
      .insertInto('meta')
      .values({ key: 'digest-key', value: randomBytes(32).toString('hex') })
      .execute();
    return id;
  }));

/** The names of all workspaces of the store that have run a pass. */
export async function workspaceNames(database: Database): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('workspaces')
    .select(['id', 'name'])
    .orderBy('name')
    .execute();
  const used = await Promise.all(
    rows.map(async ({ id, name }) => {
      const pass = await inWorkspace(database, id)
        .selectFrom('passes')
        .select('pass')
        .limit(1)
        .execute();
      return pass.length > 0 ? [name] : [];
    }),
  );
  return used.flat();
}

/**
 * Makes a team that of a workspace. Rejects with a `TeamTakenError` if it is that of another one; `take`: the other one
 * then loses it.
 */
export async function claimTeam(
  database: Database,
  workspace: number,
  team: Team,
  take: boolean,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const other = await workspaceOfTeam(transaction, workspace, team.id);
    if (other && !take) throw new TeamTakenError(team, other.name);
    if (other)
      await inWorkspace(transaction, other.id)
        .deleteFrom('meta')
        .where('key', '=', 'team')
        .execute();
    await setMeta(inWorkspace(transaction, workspace), 'team', JSON.stringify(team));
  });
}

/** Another workspace than this one with the team of this id. */
async function workspaceOfTeam(database: Database, workspace: number, id: string) {
  const names = await database.selectFrom('workspaces').selectAll().execute();
  const rows = await database
    .withTables<{ meta: { workspace: number; key: string; value: string } }>()
    .selectFrom('meta')
    .select(['workspace', 'value'])
    .where('key', '=', 'team')
    .where('workspace', '<>', workspace)
    .execute();
  const owner = rows.find(({ value }) => (JSON.parse(value) as Team).id === id);
  return names.find((one) => one.id === owner?.workspace);
}
