import { ApiError } from '../../model/api.ts';
import type { Plan } from '../../model/pass/plan.ts';
import type { Memory, Team } from '../../model/store.ts';
import { TeamError } from '../../model/team.ts';
import type { Workspace } from '../workspace.ts';

/** The team that a pass writes to, or why it is not known. */
export type TeamAnswer = { readonly team?: Team; readonly unknown?: string };

/** Whether carrying out a plan writes anything, to the team or about it. */
const writes = ({ actions, recognised, gone }: Plan): boolean =>
  actions.some(({ held }) => held === undefined) || recognised.length + gone.length > 0;

/**
 * The team of the key. Rejects with a `TeamError` when the store belongs to another team, unless the workspace accepts that, and with an
 * `ApiError` when the team cannot be read.
 */
export async function verifyTeam(
  { catalog, api, acceptTeam }: Pick<Workspace, 'catalog' | 'api' | 'acceptTeam'>,
  { team: stores }: Pick<Memory, 'team'>,
): Promise<Team> {
  const team = await catalog.team(api);
  if (stores && stores.id !== team.id && !acceptTeam) throw new TeamError(team, stores);
  return team;
}

/**
 * Reads the team of the key where a plan has something to write; a plan without is not worth a request. Rejects as `verifyTeam` does,
 * but with no `ApiError`.
 */
export async function askTeam(
  workspace: Workspace,
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

/** Gives the store to the team that is about to be written to, where it does not belong to it yet. */
export async function claimTeam(
  { store }: Pick<Workspace, 'store'>,
  team: Team | undefined,
  { team: stores }: Pick<Memory, 'team'>,
): Promise<void> {
  if (team && (team.id !== stores?.id || team.namespace !== stores.namespace))
    await store.claimTeam(team);
}
