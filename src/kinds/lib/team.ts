import { ApiError, type Api, type Reader } from '../../model/api.ts';
import type { Team } from '../../model/store.ts';
import { field, fieldOf, identity, object, optional, text } from './read.ts';

/** The session of an API key: the team that it acts for. */
export interface Session {
  readonly team: Team;
}

const path = '/auth/session';

const readTeam: Reader<Team> = (value) => {
  const team = object(value);
  const id = field(team, 'id', identity);
  return { id, namespace: field(team, 'namespace', optional(text)) ?? id };
};

/** Null if the API does not know the key (FACTS 5.1). */
const session: Reader<Session | null> = (answer) =>
  answer === null ? null : { team: fieldOf('team', readTeam)(answer) };

/** Reads the session of the API key; null if the API does not know the key. Rejects with an `ApiError`. */
export const readSession = (api: Api): Promise<Session | null> => api.get(path, {}, session);

const teams = new WeakMap<object, Promise<Team>>();

/**
 * Reads the team that the API key acts for, once per client (FACTS 5.1). A failed read is not cached. Rejects with an
 * `ApiError`.
 */
export function teamOf(api: Api): Promise<Team> {
  const team = teams.get(api.client) ?? readTeamOfKey(api);
  teams.set(api.client, team);
  team.catch(() => teams.delete(api.client));
  return team;
}

/** Returns the id of that team. */
export const teamId = async (api: Api): Promise<string> => (await teamOf(api)).id;

async function readTeamOfKey(api: Api): Promise<Team> {
  const keySession = await readSession(api);
  if (keySession !== null) return keySession.team;
  throw new ApiError(`GET ${path}: the API knows no such key; check PAPERSPACE_API_KEY`, {
    verdict: 'rejected',
  });
}
