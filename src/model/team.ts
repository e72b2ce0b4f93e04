import type { Team } from './memory.ts';

/** The API key acts for another team than the one that the store belongs to. Thrown before anything is written. */
export class TeamError extends Error {
  override readonly name = 'TeamError';

  constructor(keyTeam: Team, storeTeam: Team) {
    super(
      `nothing was done: the API key acts for team ${teamText(keyTeam)}, and this store belongs to team ${teamText(storeTeam)}; ` +
        'use the key of that team, or another store (settings.store); if the change of team is meant, run with --accept-team',
    );
  }
}

/** Another workspace of the store has the team of the API key. Thrown before anything is written. */
export class TeamTakenError extends Error {
  override readonly name = 'TeamTakenError';

  constructor(team: Team, workspace: string) {
    super(
      `nothing was done: the API key acts for team ${teamText(team)}, which is that of the workspace ${workspace}; ` +
        'two workspaces never share a team: use another key, or move the team here once with apply --accept-team',
    );
  }
}

/** Formats a team for people. */
export const teamText = ({ namespace, id }: Team): string => `${namespace} (${id})`;
