import { ApiError } from '../../model/api.ts';
import type { Plan } from '../../model/pass/plan.ts';
import type { Memory, Team } from '../../model/memory.ts';
import { TeamError } from '../../model/team.ts';
import type { PlanningWorkspace, Workspace } from '../workspace.ts';

/** The team that a pass writes to, or the reason why it is unknown. Empty if the plan writes nothing. */
export type TeamAnswer = { readonly team?: Team; readonly unknown?: string };

/** Whether applying a plan writes to the team, or to the store about it. */
const writes = ({ actions, toBind, toUnbind }: Plan): boolean =>
  actions.some(({ blockedReason }) => blockedReason === undefined) ||
  toBind.length + toUnbind.length > 0;

/**
 * Reads the team of the API key. Rejects with a `TeamError` if the store belongs to another team, unless the workspace
 * accepts the change, and with an `ApiError` if the team cannot be read.
 */
export async function verifyTeam(
  { catalog, api, acceptTeam }: Pick<Workspace, 'catalog' | 'api' | 'acceptTeam'>,
  { team: storedTeam }: Pick<Memory, 'team'>,
): Promise<Team> {
  const team = await catalog.team(api);
  if (storedTeam && storedTeam.id !== team.id && !acceptTeam) throw new TeamError(team, storedTeam);
  return team;
}

/**
 * Reads the team of the API key if the plan writes anything; a plan that writes nothing is not worth a request. Rejects
 * with a `TeamError` as `verifyTeam` does; an `ApiError` becomes `unknown`.
 */
export async function askTeam(
  workspace: PlanningWorkspace,
  plan: Plan,
  memory: Pick<Memory, 'team'>,
): Promise<TeamAnswer> {
  if (!writes(plan)) return {};
  try {
    return { team: await verifyTeam(workspace, memory) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { unknown: `the team of the API key could not be read: ${error.message}` };
  }
}

/** Records in the store the team that is about to be written to, unless the store already belongs to it. */
export async function claimTeam(
  { store, acceptTeam }: Pick<Workspace, 'store' | 'acceptTeam'>,
  team: Team | undefined,
  { team: storedTeam }: Pick<Memory, 'team'>,
): Promise<void> {
  if (team && (team.id !== storedTeam?.id || team.namespace !== storedTeam.namespace))
    await store.claimTeam(team, acceptTeam === true);
}
