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

/** Formats a team for people. */
export const teamText = ({ namespace, id }: Team): string => `${namespace} (${id})`;
