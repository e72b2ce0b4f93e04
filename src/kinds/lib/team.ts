import { ApiError, type Api, type Reader } from '../../model/api.ts';
import type { Team } from '../../model/memory.ts';
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

/**
 * Reads the team that the API key acts for, once per key (FACTS 5.1). Rejects with an `ApiError`, also if the API does
 * not know the key.
 */
export async function teamOf(api: Api): Promise<Team> {
  const keySession = await api.getOnce(path, session);
  if (keySession !== null) return keySession.team;
  throw new ApiError(`GET ${path}: the API knows no such key; check PAPERSPACE_API_KEY`, {
    verdict: 'rejected',
  });
}

/** Returns the id of that team. */
export const teamId = async (api: Api): Promise<string> => (await teamOf(api)).id;
