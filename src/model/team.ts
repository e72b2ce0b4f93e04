import type { Team } from './store.ts';

/** The key acts for another team than the store belongs to. Nothing is written anywhere. */
export class TeamError extends Error {
  override readonly name = 'TeamError';

  constructor(keys: Team, stores: Team) {
    super(
      `nothing was done: the API key acts for team ${teamText(keys)}, and this store belongs to team ${teamText(stores)}; ` +
        'use the key of that team, or another store (settings.store); if the change of team is meant, run with --accept-team',
    );
  }
}

/** How people are told of a team. */
export const teamText = ({ namespace, id }: Team): string => `${namespace} (${id})`;
