import { ApiError, type Api, type Reader } from '../../model/api.ts';
import type { Team } from '../../model/store.ts';
import { field, fieldOf, identity, object, optional, text } from './read.ts';

/** What the API tells of the key: the team that it acts for. */
export interface Session {
  readonly team: Team;
}

const path = '/auth/session';

const readTeam: Reader<Team> = (value) => {
  const team = object(value);
  const id = field(team, 'id', identity);
  return { id, namespace: field(team, 'namespace', optional(text)) ?? id };
};

/** Null where the API knows no such key (FACTS 5.1). */
const session: Reader<Session | null> = (answer) =>
  answer === null ? null : { team: fieldOf('team', readTeam)(answer) };

/** What the key stands for; null where the API knows no such key. Rejects with an `ApiError`. */
export const readSession = (api: Api): Promise<Session | null> => api.get(path, {}, session);

const known = new WeakMap<object, Promise<Team>>();

/** The team that the key acts for; asked for once in the life of a client (FACTS 5.1). Rejects with an `ApiError`. */
export function teamOf(api: Api): Promise<Team> {
  const asked = known.get(api.client) ?? ask(api);
  known.set(api.client, asked);
  asked.catch(() => known.delete(api.client));
  return asked;
}

/** The id of that team. */
export const teamId = async (api: Api): Promise<string> => (await teamOf(api)).id;

async function ask(api: Api): Promise<Team> {
  const read = await readSession(api);
  if (read !== null) return read.team;
  throw new ApiError(`GET ${path}: the API knows no such key; check PAPERSPACE_API_KEY`, {
    verdict: 'rejected',
  });
}
